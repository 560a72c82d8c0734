import { repositoryKey } from "../../domain/fraise.ts";
import type { Config, ForgeSettings, RepositorySecrets } from "../config.ts";
import type { Draft } from "./draft.ts";
import type { SecretField } from "../keys/fields.ts";
import type { Path } from "../file/locate.ts";
import { unknownWord } from "../keys/explain-issues.ts";
import type { RawConfig, RawFraise } from "../keys/schema.ts";
import type { LateSecret } from "../secrets/secrets.ts";

type RawForge = Readonly<Record<string, unknown>>;

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/i;

/** Everything below `git:` but `provider`, by name. */
export function rawForges({ git }: Pick<RawConfig, "git">): ReadonlyMap<string, RawForge> {
  const entries = Object.entries(git as Record<string, unknown>);
  return new Map(
    entries.flatMap(([name, value]) =>
      name === "provider" || value === undefined ? [] : [[name, value as RawForge] as const],
    ),
  );
}

/** The forge that an instance is a case of: what its `provider:` says, or its name. */
export function providerOf(data: Pick<RawConfig, "git">, name: string): string {
  return (rawForges(data).get(name)?.["provider"] as string | undefined) ?? name;
}

/** The name below `git:` that the webhooks of a fraise come from; undefined if the file does not say it. */
export function forgeOfFraise(data: Pick<RawConfig, "git">, fraise: Pick<RawFraise, "git">): string | undefined {
  const names = [...rawForges(data).keys()];
  const only = names.length === 1 ? names[0] : undefined;
  return fraise.git?.provider ?? data.git.provider ?? only;
}

/** The settings of each forge and each instance. Complains about names that contradict each other, and about words that name no forge. */
export function forgesOf(draft: Draft): Config["forges"] {
  const { data, families } = draft;
  checkNames(draft);
  const own = repositorySecrets(draft);
  // A forge whose repositories all have secrets of their own needs no section.
  const names = new Set([...rawForges(data).keys(), ...own.map(({ forge }) => forge)]);
  return Object.fromEntries(
    [...names].flatMap((name): [string, ForgeSettings][] => {
      const raw = rawForges(data).get(name) ?? {};
      const forge = families.forges.find((each) => each.name === providerOf(data, name));
      if (forge === undefined) return [];
      const secretsUnder = (keys: readonly string[]): LateSecret[] =>
        keys.flatMap((key) => lateSecrets(raw[key], ["git", name, key], draft));
      const settings: ForgeSettings = {
        provider: forge.name,
        base_url: (raw["base_url"] as string | undefined)?.replace(/\/$/, "") ?? forge.baseUrl,
        secrets: secretsUnder(forge.secretKeys),
        signing_tokens: secretsUnder(forge.signingTokenKeys),
        allow_from: (raw["allow_from"] as readonly string[] | undefined) ?? [],
        repositories: mergeByRepository(own.filter((each) => each.forge === name).map(({ secrets }) => secrets)),
      };
      return [[name, settings]];
    }),
  );
}

function checkNames({ data, families: { forges }, problems }: Draft): void {
  const own = rawForges(data);
  for (const name of own.keys()) {
    const taken = forges.find((forge) => forge.name === name || forge.products.includes(name));
    if (taken !== undefined && taken.name !== providerOf(data, name))
      problems.atKey(
        ["git", name],
        `git.${name} is ${taken.name}, and cannot be another forge: choose another name for the instance`,
      );
    else if (!NAME.test(name))
      problems.atKey(
        ["git", name],
        `git.${name}: a name has letters, digits, - and _, and starts with a letter or digit`,
      );
  }
  const known = [...new Set([...forges.map(({ name }) => name), ...own.keys()])];
  const check = (given: string | undefined, path: Path): void => {
    if (given !== undefined && !known.includes(given)) problems.at(path, unknownWord(path, given, known));
  };
  check(data.git.provider, ["git", "provider"]);
  for (const [name, { git }] of Object.entries(data.fraises))
    check(git?.provider, ["fraises", name, "git", "provider"]);
}

function repositorySecrets(draft: Draft): readonly { readonly forge: string; readonly secrets: RepositorySecrets }[] {
  const { data, families, problems } = draft;
  return Object.entries(data.fraises).flatMap(([name, fraise]) => {
    const path = ["fraises", name];
    const secrets = lateSecrets(fraise.webhook_secret, [...path, "webhook_secret"], draft);
    const tokens = lateSecrets(fraise.signing_token, [...path, "signing_token"], draft);
    const forge = forgeOfFraise(data, fraise);
    if (secrets.length + tokens.length === 0 || forge === undefined) return [];
    const provider = providerOf(data, forge);
    const signs = families.forges.some((each) => each.name === provider && each.signingTokenKeys.length > 0);
    if (tokens.length > 0 && !signs)
      problems.atKey(
        [...path, "signing_token"],
        `fraises.${name}.signing_token: ${provider} signs with a webhook_secret, and has no signing tokens`,
      );
    const key = `fraises.${name}.${secrets.length > 0 ? "webhook_secret" : "signing_token"}`;
    const repository = repositoryKey(provider, fraise.repository);
    return [{ forge, secrets: { repository, key, secrets, signing_tokens: tokens } }];
  });
}

/** Fraises of one repository share its webhook: each secret that one of them names is the repository's. */
function mergeByRepository(all: readonly RepositorySecrets[]): readonly RepositorySecrets[] {
  return [...Map.groupBy(all, ({ repository }) => repository)].map(([repository, same]) => ({
    repository,
    key: same.map(({ key }) => key).join(", "),
    secrets: same.flatMap(({ secrets }) => secrets),
    signing_tokens: same.flatMap(({ signing_tokens: tokens }) => tokens),
  }));
}

function lateSecrets(raw: unknown, path: Path, { webhookSecret, problems }: Draft): LateSecret[] {
  return ((raw ?? []) as SecretField[]).map((field, index) =>
    webhookSecret({ ...field, blame: field.blame ?? problems.placeOf([...path, index]) }),
  );
}
