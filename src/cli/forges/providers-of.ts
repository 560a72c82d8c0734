import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config, Secret } from "../../config/config.ts";
import { LateSecret } from "../../config/secrets/secrets.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Forge } from "../../forges/forge.ts";
import { forges } from "../../forges/index.ts";
import { filledIn } from "../../forges/setup.ts";
import type { ForgeSetup } from "../../forges/setup.ts";
import { nearest } from "../../config/file/nearest.ts";
import { forgeNames, forgeUnder } from "./instances-of.ts";
import type { NamedForge } from "./instances-of.ts";

/** A product whose webhooks fraisier takes, with everything that a person enters there. */
export interface Provider {
  readonly forge: Forge;
  /** The key below `git:`: the forge's name, or the one of an instance. */
  readonly name: string;
  readonly url: string;
  readonly isConfigured: boolean;
  readonly setup: ForgeSetup;
}

type KnownConfig = Pick<Config, "file" | "forges" | "server">;

/** A bare repository on this machine: its folder, and its name in fraises.yaml. */
interface BareRepository {
  readonly repository: string;
  readonly name: string;
}

/** The URL for deliveries of a forge: below the public URL, or below the address that the daemon listens on. */
export function webhookUrl({ server }: KnownConfig, forge: string): string {
  return `${server.public_url ?? `http://${server.host}:${server.port}`}/webhook/${forge}`;
}

/** The products that a word names: a forge or an instance (`bitbucket`: two products) or one product (`gogs`). @throws UsageError */
export function providersNamed(
  config: KnownConfig,
  name: string,
  repository: BareRepository = { repository: "<repository>.git", name: "<owner/name>" },
): readonly Provider[] {
  const named = forgeUnder(name, config);
  if (named === undefined) {
    const products = forges.flatMap((forge) => forge.setup.map((setup) => setup.name));
    const known = [...new Set([...forgeNames(config), ...products])];
    const likely = nearest(name, known);
    throw new UsageError(`fraisier knows no forge "${name}"`, {
      hint: `${likely === undefined ? "" : `Did you mean ${likely}? `}Known are ${known.join(", ")}.`,
    });
  }
  const { name: key, forge } = named;
  const isInstance = Object.hasOwn(config.forges, name);
  const product = forge.setup.filter((setup) => setup.name === name);
  // An instance that is called like a product is that product, too.
  const setups = product.length > 0 ? product : forge.setup;
  const url = webhookUrl(config, key);
  const places = { url, hook: hookFile(), ...placesOfSecret(config, named, repository), ...repository };
  const isConfigured = isInstance || Object.hasOwn(config.forges, key);
  return setups.map((setup) => ({ forge, name: key, url, isConfigured, setup: filledIn(setup, places) }));
}

/** The place of the secret, and how the secret comes to the hook of a bare repository, whose people may not read fraisier's own files. */
function placesOfSecret(
  { forges: configured, file }: KnownConfig,
  { name, forge }: NamedForge,
  { repository }: BareRepository,
): { readonly secret: string; readonly secretFile: string; readonly copySecret: string } {
  const settings = configured[name];
  const [secret]: readonly (Secret | undefined)[] = [...(settings?.signing_tokens ?? []), ...(settings?.secrets ?? [])];
  const own = `${repository.replace(/\.git\/?$/, "")}.secret`;
  if (!(secret instanceof LateSecret)) {
    const key = `git.${name}.${forge.secretKeys[0] ?? "webhook_secret"}`;
    return { secret: `not set yet: set ${key} in fraises.yaml`, secretFile: own, copySecret: "" };
  }
  if (secret.isFile)
    return { secret: secret.place, secretFile: secret.place.replace("the content of ", ""), copySecret: "" };
  const [variable = ""] = secret.variables;
  const secrets = join(dirname(file), "webhook-secrets");
  // The file is for the owner of the repository, as whom people push.
  const copySecret = `sudo install -m 600 -o "$(stat -c %U ${repository})" /dev/null ${own} && sudo sed -n 's/^${variable}=//p' ${secrets} | sudo tee ${own} > /dev/null`;
  return { secret: secret.place, secretFile: own, copySecret: variable === "" ? "" : copySecret };
}

/** fraisier's post-receive script as it was installed with the program. */
function hookFile(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = ["../../../scripts", "../scripts", ".."].map((folder) => join(here, folder, "post-receive"));
  return ["/usr/share/fraisier/post-receive", ...places].find((file) => existsSync(file)) ?? "<fraisier>/post-receive";
}
