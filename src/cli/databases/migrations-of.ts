import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentOf } from "../../compose/target-environment.ts";
import type { App } from "../../compose/app.ts";
import type { Target } from "../../config/config.ts";
import { targetMigrator } from "../../compose/target-migrator.ts";
import type { Migrator } from "../../databases/migrator.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { placesOf } from "../../pipeline/places.ts";
import { confine } from "../../sandbox/confine.ts";
import type { Source } from "../../compose/planner.ts";
import { person } from "../person.ts";
import { messageOf } from "../../domain/message-of.ts";
import { lacksDatabase } from "./with-database-work.ts";
import type { DatabaseWork } from "./with-database-work.ts";

/** Work with the migrations of a target. */
export interface MigrationWork extends DatabaseWork {
  /** Whether the code may have no migrations, or there may be no code yet, if the tool keeps its record in the database. */
  readonly mayLackFiles?: boolean;
}

/** The migrations of a target's database as a folder's code has them. @throws UsageError for a target without a database. */
async function migrationsIn(
  folder: string,
  { app, target, signal, log, mayLackFiles = false }: MigrationWork,
): Promise<Migrator> {
  const { config, host } = app;
  const stateDirectory = config.deployment.state_directory;
  // The code may lie anywhere: a plan looks at a revision that was never laid out.
  const folders = { ...placesOf(target, "", stateDirectory), release: folder };
  const environment = await environmentOf(app, target);
  const migrator = targetMigrator(
    { ...environment, app, target, deployment: "", by: person() },
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
export type PendingMigrations =
  | { readonly known: false; readonly reason: string }
  | {
      readonly known: true;
      readonly pending: readonly string[];
      readonly out_of_order: readonly string[];
      /** Applied migrations whose files are others now: the deployment would fail. */
      readonly changed: readonly string[];
    };

/** Looks at the revision's own files and asks the database; undefined for a target without one. Changes nothing. */
export async function pendingMigrations(
  app: App,
  target: Target,
  { mirror, revision }: Pick<Source, "mirror" | "revision">,
): Promise<PendingMigrations | undefined> {
  if (target.settings.database === undefined) return undefined;
  const folder = join(tmpdir(), `fraisier-dry-run-${randomUUID()}`);
  const { files, git } = app.host;
  const { redact } = await environmentOf(app, target);
  try {
    await git.exportRevision(mirror, revision, folder);
    const work = { app, target, signal: new AbortController().signal, log: () => {} };
    const states = await (await migrationsIn(folder, work)).states();
    const which = (isMeant: (state: (typeof states)[number]) => boolean): string[] =>
      states.filter(isMeant).map(({ migration }) => migration.id);
    if (states.some(({ state }) => state === "unknown"))
      return { known: false, reason: `${target.settings.database.tool} does not tell` };
    const isRebuild = target.settings.database.strategy === "rebuild";
    return {
      known: true,
      pending: which(({ state }) => state === "pending" || (isRebuild && state !== "missing")),
      out_of_order: which(({ outOfOrder }) => outOfOrder),
      changed: which(({ state }) => state === "changed" && !isRebuild),
    };
  } catch (error) {
    // A dry run reports as much as it can: the tool may come with the build, or the database may be down.
    return {
      known: false,
      reason: redact(messageOf(error)),
    };
  } finally {
    await files.remove(folder);
  }
}
