import { ConfigError } from "../../domain/errors.ts";
import type { Config } from "../config.ts";
import type { Families } from "../families.ts";
import { loadConfig } from "../load.ts";
import { stampOf } from "./stamp.ts";
import { messageOf } from "../../domain/message-of.ts";

/** The state of the file for a process that starts now: its settings, or what is wrong with it. */
export type Loadable =
  | { readonly config: Config; readonly fault?: undefined }
  | { readonly config?: undefined; readonly fault: string };

/** Loads everything that a process needs to start: the file, and the store that it names. @throws ConfigError, PermissionDenied */
export async function loadToStart(file: string, families: Families): Promise<Config> {
  const config = await loadConfig(file, families);
  config.store.url.reveal();
  return config;
}

/** Says, each time it is asked, what the file holds now. The file is parsed again only after it was changed. */
export function watchConfig(file: string, families: Families): () => Promise<Loadable> {
  let last: { readonly stamp: string; readonly loadable: Loadable } | undefined;
  let current: string | undefined;
  return async () => {
    // The stamp is taken before the file is read: what is written meanwhile has another stamp.
    const stamp = await stampOf(file, current);
    if (stamp !== "" && stamp === last?.stamp) return last.loadable;
    try {
      const config = await loadToStart(file, families);
      const loadable: Loadable = { config };
      current = config.configuration?.path;
      last = { stamp: config.stamp, loadable };
      return loadable;
    } catch (error) {
      const fault = placed(error);
      // A file that could not be read may be readable the next time, unchanged.
      if (error instanceof ConfigError && error.problems.length > 0) last = { stamp, loadable: { fault } };
      return { fault };
    }
  };
}

/** The first problem with its place, and how many there are beside it. */
function placed(error: unknown): string {
  const [first, ...others] = error instanceof ConfigError ? error.problems : [];
  if (first === undefined) return messageOf(error);
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `${first.file}:${first.line}:${first.column} ${first.message}${more}`;
}
