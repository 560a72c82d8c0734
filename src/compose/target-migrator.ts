import { migratorOf } from "../databases/index.ts";
import type { Migrator } from "../databases/migrator.ts";
import type { Processes } from "../host/processes.ts";
import type { ActingFor, Work } from "./acting-for.ts";

interface Code {
  /** The release or checkout whose migrations these are. */
  readonly folder: string;
  /** Whether it may have no migrations. */
  readonly mayLackFiles?: boolean;
  readonly commands: Processes;
}

/** The migrations of a target's database as a folder's code has them; undefined for a target without one. */
export function targetMigrator(
  { app: { host, store }, target, env, redact, deployment, by }: ActingFor,
  code: Code,
  { signal, log }: Work,
): Migrator | undefined {
  return migratorOf({ ...code, target, host, store, env, redact, deployment, by, signal, log });
}
