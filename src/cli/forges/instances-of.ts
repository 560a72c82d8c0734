import type { Config } from "../../config/config.ts";
import type { Forge } from "../../forges/forge.ts";
import { forges } from "../../forges/index.ts";

/** A forge under the name that its webhook URL and `git:` have. */
export interface NamedForge {
  readonly name: string;
  readonly forge: Forge;
}

/** The forges and instances that fraises.yaml configures, in its order. */
export function instancesOf(config: Pick<Config, "forges">): readonly NamedForge[] {
  return Object.entries(config.forges).flatMap(([name, { provider }]) => {
    const forge = forges.find((each) => each.name === provider);
    return forge === undefined ? [] : [{ name, forge }];
  });
}

/** Finds an instance, a forge, or the forge of a product (`forgejo` is of the forge `gitea`); undefined if the name is none of these. */
export function forgeUnder(name: string, config: Pick<Config, "forges">): NamedForge | undefined {
  const forge = forges.find((each) => each.name === name || each.setup.some((setup) => setup.name === name));
  const found = instancesOf(config).find((each) => each.name === name);
  return found ?? (forge === undefined ? undefined : { name: forge.name, forge });
}

/** Every name that `forgeUnder` knows. */
export function forgeNames(config: Pick<Config, "forges">): readonly string[] {
  return [...new Set([...instancesOf(config), ...forges].map(({ name }) => name))];
}
