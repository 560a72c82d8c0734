import { z } from "zod";
import { backupOf, backupProblems, backupSchema } from "./backup-settings.ts";
import type { BackupSettings, RawBackup } from "./backup-settings.ts";
import { isProduction } from "../../domain/fraise.ts";
import type { Secret } from "../config.ts";
import type { Families } from "../families.ts";
import type { Fields, SecretField } from "./fields.ts";
import { means } from "./means.ts";
import type { EnvironmentSettings } from "../settings.ts";

/** The database of a fraise and how its migrations are run; keys of the migration tool stand beside these. */
export interface DatabaseSettings {
  /** A migration tool's name. */
  readonly tool: string;
  /** May hold a password: a secret. */
  readonly url: Secret | undefined;
  /** Folder below the release, for tools that take one; their own default where undefined. */
  readonly migrations: string | undefined;
  /** `rebuild` empties the database first. */
  readonly strategy: "apply" | "rebuild";
  readonly allow_rebuild_in_production: boolean;
  /** Milliseconds for each migration; the deployment's own bound where undefined. */
  readonly timeout: number | undefined;
  /** Milliseconds to wait for another deployer that migrates the same database. */
  readonly lock_timeout: number;
  /** The user that runs the clients and tools; the target's `user` if undefined. */
  readonly user: string | undefined;
  readonly backup?: BackupSettings;
  readonly [key: string]: unknown;
}

/** The keys under `database:`, before its URL is a Secret. */
interface RawDatabase extends Pick<
  DatabaseSettings,
  "tool" | "strategy" | "allow_rebuild_in_production" | "lock_timeout"
> {
  readonly url?: SecretField | undefined;
  readonly migrations?: string | undefined;
  readonly timeout?: number | undefined;
  readonly user?: string | undefined;
  readonly backup?: RawBackup | undefined;
  readonly [key: string]: unknown;
}

/** `database:`, with the keys of each migration tool. */
export function databaseSchema(
  { migrationTools }: Pick<Families, "migrationTools">,
  fields: Fields,
): z.ZodType<RawDatabase> {
  const { text, secret, duration } = fields;
  const shared = {
    url: secret
      .optional()
      .describe(
        "Its URL: `postgres://…`, `sqlite:…` or `mysql://…`; tools find it in `DATABASE_URL`. `tool: sql` and `rebuild` need it",
      ),
    strategy: z
      .enum(["apply", "rebuild"])
      .default("apply")
      .describe("The way of a deployment: apply what is pending, or empty the database first"),
    allow_rebuild_in_production: z
      .boolean()
      .default(false)
      .describe("Let a person empty a production database with `--force-rebuild`; a webhook never can"),
    timeout: duration.optional().meta(means("When a migration is ended", "the deployment's `timeout`")),
    lock_timeout: duration
      .default(60_000)
      .describe("How long to wait for another deployer that migrates the same database"),
    user: text.optional().meta(means("The user that runs the clients and tools", "the environment's `user`")),
    backup: backupSchema(fields).optional().describe("How the database is backed up; without it only by hand"),
  };
  const [first, ...others] = migrationTools.map((tool) =>
    z.strictObject({
      tool: z.literal(tool.name).describe("The tool that runs the migrations"),
      ...shared,
      ...tool.settings(fields),
    }),
  );
  if (first === undefined) throw new Error("there is no migration tool");
  return z.discriminatedUnion("tool", [first, ...others]);
}

/** With the URL as a Secret. */
export function databaseOf(
  raw: RawDatabase | undefined,
  secret: (field: SecretField) => Secret,
  environment: string,
): DatabaseSettings | undefined {
  if (raw === undefined) return undefined;
  return {
    ...raw,
    url: raw.url === undefined ? undefined : secret(raw.url),
    migrations: raw.migrations,
    timeout: raw.timeout,
    user: raw.user,
    backup: backupOf(raw.backup, environment),
  };
}

/** Complaints that need the whole target: sentences, each with the key it is about. */
export function databaseProblems(
  settings: DatabaseSettings,
  environment: string,
  { migrationTools }: Pick<Families, "migrationTools">,
  whole: Pick<EnvironmentSettings, "app_path" | "layout" | "rollback">,
): readonly { readonly key: string; readonly message: string }[] {
  const { tool, url, strategy, migrations } = settings;
  const problems: { key: string; message: string }[] = [];
  const needsUrl = migrationTools.find(({ name }) => name === tool)?.needsUrl === true;
  if (url === undefined && (needsUrl || strategy === "rebuild")) {
    const why = needsUrl ? `tool ${tool}` : "strategy rebuild";
    problems.push({ key: "tool", message: `${why} needs the key "url": sqlite:/srv/shop/shop.db, "\${DATABASE_URL}"` });
  }
  if (strategy === "rebuild" && isProduction(environment) && !settings.allow_rebuild_in_production) {
    problems.push({
      key: "strategy",
      message: `strategy rebuild empties the database, and this is ${environment}: say apply (or allow_rebuild_in_production: true, and --force-rebuild each time)`,
    });
  }
  if (migrations !== undefined && (migrations.startsWith("/") || migrations.split("/").includes(".."))) {
    problems.push({ key: "migrations", message: `migrations "${migrations}" must stay below the release` });
  }
  const backup = backupProblems(settings, whole);
  return [...problems, ...backup.map(({ key, message }) => ({ key: `backup.${key}`, message }))];
}
