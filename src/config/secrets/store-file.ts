import type { Config } from "../config.ts";

/** The file of the store; undefined for a store that is no file. @throws ConfigError when `store.url` names a variable that is not set. */
export function storeFileOf({ store }: Pick<Config, "store">): string | undefined {
  const url = store.url.reveal();
  return url.startsWith("sqlite:") ? url.slice("sqlite:".length) : undefined;
}
