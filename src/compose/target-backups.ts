import { backupsOf } from "../backups/index.ts";
import type { Backups } from "../backups/backups.ts";
import { programVersion } from "../program-version.ts";
import type { ActingFor, Work } from "./acting-for.ts";

/** The backups of a target's database; undefined for a target without one. */
export function targetBackups(
  { app: { config, host, store }, target, env, redact, deployment, by }: ActingFor,
  { signal, log }: Work,
): Backups | undefined {
  const version = programVersion();
  return backupsOf({ target, config, host, store, env, redact, deployment, by, version, signal, log });
}
