import { isAbsolute, normalize, relative } from "node:path";
import { z } from "zod";
import { isProduction } from "../../domain/fraise.ts";
import type { Command } from "../../host/processes.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import type { Fields } from "./fields.ts";
import { means } from "./means.ts";
import type { EnvironmentSettings } from "../settings.ts";

/** How the database of a target is backed up. */
export interface BackupSettings {
  readonly before_deploy: boolean;
  /** Complete backups of this target to keep. */
  readonly keep: number;
  /** Absolute; fraisier's own state directory where undefined. */
  readonly directory: string | undefined;
  readonly compress: "zstd" | "gzip" | "none";
  /** Milliseconds for a dump or a restore; the deployment's own bound where undefined. */
  readonly timeout: number | undefined;
  /** Prints the dump on standard output, in place of the engine's own program. */
  readonly dump: Command | undefined;
  /** Reads it on standard input, and puts it in the place of everything there is. */
  readonly restore: Command | undefined;
}

export type RawBackup = z.output<ReturnType<typeof backupSchema>>;

/** `database.backup:`. */
export function backupSchema({ text, duration, command, whole }: Fields) {
  return z.strictObject({
    before_deploy: z
      .boolean()
      .default(true)
      .describe("Make one before each deployment, once it is known that the revision is wanted"),
    keep: whole
      .min(1)
      .optional()
      .meta(means("How many are kept; never fewer than a rollback needs", "10 in `production`, 5 elsewhere")),
    directory: text
      .optional()
      .meta(means("The directory of backups, each in a folder of its own", "`deployment.state_directory`")),
    compress: z.enum(["zstd", "gzip", "none"]).default("zstd").describe("How the dump is compressed"),
    timeout: duration.optional().meta(means("When a dump or a restore is ended", "the deployment's `timeout`")),
    dump: command
      .optional()
      .describe("Prints the dump on standard output, in place of the engine's own program; goes with `restore`"),
    restore: command
      .optional()
      .describe("Reads the dump on standard input, and puts it in the place of everything there is"),
  });
}

/** With defaults; without `backup:` nothing is backed up by itself, and people may still. */
export function backupOf(raw: RawBackup | undefined, environment: string): BackupSettings {
  const { keep, directory, timeout, dump, restore, ...given } = raw ?? { before_deploy: false, compress: "zstd" };
  return {
    ...given,
    keep: keep ?? (isProduction(environment) ? 10 : 5),
    directory: directory === undefined ? undefined : normalize(directory).replace(/(.)\/$/, "$1"),
    timeout,
    dump,
    restore,
  };
}

/** Complaints that need the whole target: sentences, each with the key of `database.backup` it is about. */
export function backupProblems(
  { url, backup }: DatabaseSettings,
  { app_path: app, layout, rollback }: Pick<EnvironmentSettings, "app_path" | "layout" | "rollback">,
): readonly { readonly key: string; readonly message: string }[] {
  const problems: { key: string; message: string }[] = [];
  const { directory, dump, restore, before_deploy: beforeDeploy } = backup ?? backupOf(undefined, "");
  if (beforeDeploy && url === undefined && dump === undefined) {
    problems.push({ key: "before_deploy", message: 'without database.url a backup needs the key "dump"' });
  }
  if ((dump === undefined) !== (restore === undefined)) {
    const [given, lacking] = dump === undefined ? ["restore", "dump"] : ["dump", "restore"];
    problems.push({ key: given, message: `${given} without ${lacking}: only both together make a way there and back` });
  }
  if (rollback.restore_database && !beforeDeploy) {
    problems.push({
      key: "before_deploy",
      message: "rollback.restore_database restores the backup made before the deployment: set before_deploy: true",
    });
  }
  const misplaced = directory === undefined ? undefined : directoryProblem(directory, app, layout);
  return misplaced === undefined ? problems : [...problems, { key: "directory", message: misplaced }];
}

function directoryProblem(directory: string, app: string, layout: "releases" | "in_place"): string | undefined {
  if (!isAbsolute(directory)) return `directory "${directory}" must be an absolute path`;
  return hides(directory, app, layout)
    ? `directory ${directory} lies within the deployed code, which comes and goes and may be served: choose one beside ${app}`
    : undefined;
}

function hides(directory: string, app: string, layout: "releases" | "in_place"): boolean {
  const [first = "", second] = relative(app, directory).split("/");
  if (first === ".." || (first === "" && layout === "releases")) return false;
  return layout === "in_place" || (["releases", "current", "shared"].includes(first) && second !== "");
}
