import type { App } from "../../compose/app.ts";
import type { Target } from "../../config/config.ts";
import type { Migrator } from "../../databases/migrator.ts";
import type { Invocation } from "../command-entry.ts";
import { person } from "../person.ts";
import { takeTarget } from "../targets/take-target.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { migrationsOfCurrent } from "../../compose/planning/migrations-of.ts";
import { withDatabaseWork } from "./with-database-work.ts";

/** The things that a verb of `fraisier migration` works with. */
export interface MigrationScene {
  readonly app: App;
  readonly target: Target;
  /** The migration that was named on the command line. */
  readonly name: string | undefined;
  /** Reads the release that runs. */
  migrator(): Promise<Migrator>;
  /**
   * Keeps deployments of the target waiting until disposed of; a dry run keeps none waiting. This happens before the running release is looked up: no deployment
   * changes it, nor the database, meanwhile.
   */
  alone(reason: string): Promise<AsyncDisposable | undefined>;
}

interface Options extends TargetOptions {
  readonly dryRun?: boolean;
}

interface Wants {
  /** How many words may follow the name of the target. */
  readonly most: 0 | 1;
  /** Whether the code may have no migrations. */
  readonly mayLackFiles?: boolean;
}

/** Opens the database's migrations of the target that the command line names, and closes everything after the work. */
export async function withMigrations(
  invocation: Invocation<Options>,
  { most, mayLackFiles = false }: Wants,
  act: (scene: MigrationScene) => Promise<void>,
): Promise<number> {
  const isDryRun = invocation.options.dryRun === true;
  return await withDatabaseWork(invocation, most, async (work, name) => {
    const { app, target } = work;
    await act({
      app,
      target,
      name,
      migrator: () => migrationsOfCurrent({ ...work, by: person(), mayLackFiles }),
      alone: async (reason) => (isDryRun ? undefined : await takeTarget(app, target, reason)),
    });
  });
}
