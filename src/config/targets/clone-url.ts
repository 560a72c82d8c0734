import type { Draft } from "./draft.ts";
import type { SecretField } from "../keys/fields.ts";
import { providerOf, rawForges } from "./forge-instances.ts";
import type { RawFraise } from "../keys/schema.ts";

/** The URL that git fetches a fraise from: its own `clone_url`, or the forge's address with the repository's name. */
export function cloneUrl(
  { data, families, problems }: Draft,
  name: string,
  fraise: RawFraise,
  forge: string,
): SecretField {
  const path = ["fraises", name];
  if (fraise.clone_url !== undefined) {
    const { source } = fraise.clone_url;
    if (source.kind === "text" && /^(-|ext::|fd::)/.test(source.text))
      problems.at([...path, "clone_url"], `clone_url "${source.text}" would run a program: write a URL or a path`);
    return fraise.clone_url;
  }
  const given = rawForges(data).get(forge)?.["base_url"] as string | undefined;
  const known = families.forges.find((each) => each.name === providerOf(data, forge));
  const base = given ?? known?.baseUrl;
  // A word that names no forge is a problem of its own.
  if (base === undefined && (forge === "" || known !== undefined))
    problems.atKey(path, `fraises.${name} lacks the key "clone_url"`);
  return { source: { kind: "text", text: `${base ?? ""}/${fraise.repository}.git` }, blame: undefined };
}
