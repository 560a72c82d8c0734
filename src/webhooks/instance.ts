import { repositoryKey } from "../domain/fraise.ts";
import type { Forge, ForgeSecrets } from "../forges/forge.ts";

/** A forge as fraises.yaml configures it. Several instances of one forge may stand side by side, each under a name of its own. */
export interface Instance {
  /** The last part of the webhook URL, `POST /webhook/<name>`, and the key below `git:`. */
  readonly name: string;
  readonly forge: Forge;
  /** Addresses and ranges that may send deliveries; empty: all of them. */
  readonly allowFrom: readonly string[];
  /** The secrets of every repository that has none of its own. */
  readonly shared: KnownSecrets;
  /** By `repositoryKey`: the secrets of repositories that have their own. The shared secrets prove nothing for these. */
  readonly own: ReadonlyMap<string, KnownSecrets>;
}

/** Secrets that speak for the same repositories, as far as they can be resolved. */
export interface KnownSecrets extends ForgeSecrets {
  /** The key of fraises.yaml that names them: `git.github`, `fraises.shop.webhook_secret`. */
  readonly key: string;
  /** fraises.yaml names a secret that is not there, or none at all: an authentic delivery may not be recognised. */
  readonly isIncomplete: boolean;
}

/** The only secrets that can prove a delivery for this repository. */
export function secretsFor({ forge, shared, own }: Instance, repository: string): KnownSecrets {
  return own.get(repositoryKey(forge.name, repository)) ?? shared;
}
