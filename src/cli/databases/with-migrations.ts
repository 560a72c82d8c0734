import type { App } from "../../compose/app.ts";
import { openApp } from "../../compose/app.ts";
import type { Target } from "../../config/config.ts";
import type { Migrator } from "../../databases/migrator.ts";
import { StepFailed } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import { onInterrupt } from "../deployments/interrupt.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";
import { EXIT } from "../exit-codes.ts";
import { harmless } from "../print/harmless.ts";
import { holdTarget } from "../targets/hold-target.ts";
import { namedTargetAndRest } from "../targets/named-target.ts";
import type { TargetOptions } from "../targets/target-words.ts";
import { migrationsOfCurrent } from "./migrations-of.ts";

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
  { args, options, print }: Invocation<Options>,
  { most, mayLackFiles = false }: Wants,
  act: (scene: MigrationScene) => Promise<void>,
): Promise<number> {
  const app = await openApp(options.config);
  const interruption = new AbortController();
  const { signal } = interruption;
  using _interrupt = onInterrupt(
    () => interruption.abort(new StepFailed("interrupted")),
    () => process.exit(EXIT.interrupted),
  );
  try {
    const { target, rest } = namedTargetAndRest(app.config, args, { ...options, most });
    const log = (line: string): void => {
      if (!print.isJson) print.line(harmless(line));
    };
    const scene: MigrationScene = {
      app,
      target,
      name: rest[0],
      migrator: () => migrationsOfCurrent({ app, target, signal, log, mayLackFiles }),
      alone: async (reason) => (options.dryRun === true ? undefined : await holdTarget(app, target, reason)),
    };
    await withoutSecrets(app, target, () => act(scene));
    return EXIT.ok;
  } finally {
    await app.store.close();
  }
}
