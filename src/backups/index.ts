import { join } from "node:path";
import type { Config, Target } from "../config/config.ts";
import { parseDatabaseUrl } from "../databases/database-url.ts";
import { UsageError } from "../domain/errors.ts";
import type { Host } from "../host/host.ts";
import { createBackups } from "./backups.ts";
import type { BackupParts, Backups } from "./backups.ts";
import { command } from "./command.ts";
import type { Dumper } from "./dumper.ts";
import { mysql } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import { sqlite } from "./sqlite.ts";

/** Every engine whose databases fraisier backs up. */
export const dumpers: readonly Dumper[] = [command, postgres, sqlite, mysql];

export interface BackupNeeds {
  readonly target: Pick<Target, "fraise" | "environment" | "job" | "settings">;
  readonly config: Pick<Config, "file"> & { readonly deployment: Pick<Config["deployment"], "state_directory"> };
  readonly host: Host;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The deployment; "" for a backup by hand. */
  readonly deployment: string;
  readonly by: string;
  readonly store: BackupParts["store"];
  readonly version: string;
  log(line: string): void;
  redact(text: string): string;
}

/** The backups of a target's database; undefined for a target without one. @throws UsageError for an engine without a dumper. */
export function backupsOf({ target, config, deployment, signal, env, ...rest }: BackupNeeds): Backups | undefined {
  const { database, app_path: appPath, user, timeout } = target.settings;
  const settings = database?.backup;
  if (database === undefined || settings === undefined) return undefined;
  const { host, log } = rest;
  // A secret that cannot be read becomes an error with its place only when it is needed.
  const { url } = database;
  const scheme = url === undefined ? "" : parseDatabaseUrl(url.reveal(env)).scheme;
  const dumper = dumpers.find((each) => each.recognises(scheme, settings));
  if (dumper === undefined) {
    const what = scheme === "" ? "database.url is not given" : `the engine "${scheme}" is not one fraisier knows`;
    throw new UsageError(`the database of ${target.fraise}/${target.environment} cannot be backed up: ${what}`, {
      hint: "Give database.url, or commands of yours: database.backup.dump and restore.",
    });
  }
  const programs = { url, host, env, user: database.user ?? user, signal, timeoutMs: settings.timeout ?? timeout };
  return createBackups({
    ...rest,
    target,
    settings,
    engine: dumper.engine,
    openDump: () => dumper.open({ ...programs, settings, log }),
    // Backups run no code of the repository.
    context: { ...programs, commands: host.processes, settings: database, folder: appPath, deployment, log },
    directory:
      settings.directory ??
      join(config.deployment.state_directory, "backups", target.fraise, target.environment, target.job),
    stateDirectory: config.deployment.state_directory,
    appPath,
    timeoutMs: programs.timeoutMs,
    configFile: config.file,
  });
}
