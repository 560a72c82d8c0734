import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlanDocument } from "../../answers/schemas/plan-document.ts";
import type { Target } from "../../config/config.ts";
import type { Migrator } from "../../databases/migrator.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { newId } from "../../domain/id.ts";
import { messageOf } from "../../domain/message-of.ts";
import { placesOf } from "../../pipeline/places.ts";
import { confine } from "../../sandbox/confine.ts";
import type { Work } from "../acting-for.ts";
import type { App } from "../app.ts";
import { environmentOf } from "../target-environment.ts";
import { targetMigrator } from "../target-migrator.ts";
import type { Source } from "./planner.ts";

/** Work with the migrations of a target. */
export interface MigrationWork extends Work {
  readonly app: App;
  readonly target: Target;
  /** The person or program that asked for it, for the record. */
  readonly by: string;
  /** Whether the code may have no migrations, or there may be no code yet, if the tool keeps its record in the database. */
  readonly mayLackFiles?: boolean;
}

/** The migrations of a target's database as a folder's code has them. @throws UsageError for a target without a database. */
async function migrationsIn(
  folder: string,
  { app, target, by, signal, log, mayLackFiles = false }: MigrationWork,
): Promise<Migrator> {
  const { config, host } = app;
  const stateDirectory = config.deployment.state_directory;
  // The code may lie anywhere: a plan looks at a revision that was never laid out.
  const folders = { ...placesOf(target, "", stateDirectory), release: folder };
  const environment = await environmentOf(app, target);
  const migrator = targetMigrator(
    { ...environment, app, target, deployment: "", by },
    { folder, mayLackFiles, commands: confine({ processes: host.processes, target, folders, stateDirectory }) },
    { signal, log: (line) => log(environment.redact(line)) },
  );
  if (migrator !== undefined) return migrator;
  throw lacksDatabase(target);
}

/** The migrations of the code that runs now. @throws UsageError if nothing was deployed yet. */
export async function migrationsOfCurrent(work: MigrationWork): Promise<Migrator> {
  const { app, target, mayLackFiles = false } = work;
  const places = placesOf(target, "", app.config.deployment.state_directory);
  const link = target.settings.layout === "in_place" ? "." : await app.host.files.readLink(places.current);
  const isNeeded = !mayLackFiles || target.settings.database?.tool !== "sql";
  if (link !== undefined || !isNeeded) return await migrationsIn(join(places.app, link ?? "current"), work);
  throw new UsageError(`${targetName(target)} has no release yet: ${places.current} is not there`, {
    hint: "Deploy it once; a deployment applies migrations itself.",
  });
}

/** The migrations that a deployment of a revision would apply, or the reason why they cannot be known before it runs. */
type PendingMigrations = NonNullable<PlanDocument["migrations"]>;

interface PendingQuestion extends Pick<MigrationWork, "by" | "signal"> {
  /** Whether a tool that comes with the revision may be started: it is code of whoever may push. */
  readonly mayRunCode: boolean;
}

/** Looks at the revision's own files and asks the database; undefined for a target without one. Changes nothing. */
export async function pendingMigrations(
  app: App,
  target: Target,
  { mirror, revision }: Pick<Source, "mirror" | "revision">,
  { by, signal, mayRunCode }: PendingQuestion,
): Promise<PendingMigrations | undefined> {
  const { database } = target.settings;
  if (database === undefined) return undefined;
  if (!mayRunCode && database.tool !== "sql")
    return {
      known: false,
      reason: `${database.tool} runs code of the revision to tell, which needs the scope deploy`,
    };
  const folder = join(tmpdir(), `fraisier-dry-run-${newId()}`);
  const { files, git } = app.host;
  const { redact } = await environmentOf(app, target);
  try {
    await git.exportRevision(mirror, revision, folder);
    const states = await (await migrationsIn(folder, { app, target, by, signal, log: () => {} })).states();
    const which = (isMeant: (state: (typeof states)[number]) => boolean): string[] =>
      states.filter(isMeant).map(({ migration }) => migration.id);
    if (states.some(({ state }) => state === "unknown"))
      return { known: false, reason: `${database.tool} does not tell` };
    const isRebuild = database.strategy === "rebuild";
    return {
      known: true,
      pending: which(({ state }) => state === "pending" || (isRebuild && state !== "missing")),
      out_of_order: which(({ outOfOrder }) => outOfOrder),
      changed: which(({ state }) => state === "changed" && !isRebuild),
    };
  } catch (error) {
    signal.throwIfAborted();
    // A dry run reports as much as it can: the tool may come with the build, or the database may be down.
    return { known: false, reason: redact(messageOf(error)) };
  } finally {
    await files.remove(folder);
  }
}

/** The error for a target without a database. */
export function lacksDatabase(target: Target): UsageError {
  return new UsageError(`${targetName(target)} has no database`, {
    hint: "Give it one under `database:` in fraises.yaml.",
  });
}
