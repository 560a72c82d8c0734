import type { DatabaseSettings } from "../config/keys/database-settings.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { HostUnavailable } from "../domain/errors.ts";
import type { Host } from "../host/host.ts";
import type { Processes } from "../host/processes.ts";
import { alembic } from "./alembic.ts";
import { command } from "./command.ts";
import { confiture } from "./confiture.ts";
import { django } from "./django.ts";
import { flaskMigrate } from "./flask-migrate.ts";
import { knex } from "./knex.ts";
import type { MigrationTool } from "./migration-tool.ts";
import { createMigrator } from "./migrator.ts";
import type { Migrator, MigratorParts } from "./migrator.ts";
import { prisma } from "./prisma.ts";
import { sql } from "./sql.ts";

/** Every migration tool fraisier speaks to. */
export const migrationTools: readonly MigrationTool[] = [
  sql,
  alembic,
  django,
  flaskMigrate,
  confiture,
  knex,
  prisma,
  command,
];

export interface MigratorNeeds {
  readonly target: TargetKey & {
    readonly settings: {
      readonly database: DatabaseSettings | undefined;
      readonly user: string | undefined;
      readonly timeout: number;
      readonly app_path: string;
    };
  };
  /** The release or checkout whose migrations these are. */
  readonly folder: string;
  readonly mayLackFiles?: boolean;
  readonly host: Host;
  readonly commands: Processes;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** "" by hand. */
  readonly deployment: string;
  readonly by: string;
  readonly store: MigratorParts["store"];
  redact(text: string): string;
  log(line: string): void;
}

/** The migrations of a target's database; undefined where it has none. @throws HostUnavailable for an unknown tool. */
export function migratorOf({ target, deployment, by, store, redact, ...rest }: MigratorNeeds): Migrator | undefined {
  const { database: settings, user, timeout, app_path: appPath } = target.settings;
  if (settings === undefined) return undefined;
  const tool = migrationTools.find(({ name }) => name === settings.tool);
  if (tool === undefined) {
    throw new HostUnavailable(`there is no migration tool ${JSON.stringify(settings.tool)}`, {
      hint: `Known are: ${migrationTools.map(({ name }) => name).join(", ")}.`,
    });
  }
  return createMigrator({
    target,
    tool,
    appPath,
    store,
    by,
    redact,
    context: {
      ...rest,
      settings,
      url: settings.url,
      user: settings.user ?? user,
      timeoutMs: settings.timeout ?? timeout,
      deployment,
    },
  });
}
