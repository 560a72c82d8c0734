import type { MigrationState } from "../../../databases/migration-state.ts";
import { StepFailed, UsageError } from "../../../domain/errors.ts";
import type { Invocation } from "../../command-entry.ts";
import { idOf, migrationNamed, printMigrations } from "../../databases/migration-facts.ts";
import { withMigrations } from "../../databases/with-migrations.ts";
import type { Print } from "../../print/print.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly to?: string;
  readonly steps?: string;
  readonly dryRun?: boolean;
}

/** `fraisier migration rollback <target>`. */
export async function run(invocation: Invocation<Options>): Promise<number> {
  const { options, print } = invocation;
  return await withMigrations(invocation, { most: 0 }, async ({ migrator, alone }) => {
    await using _alone = await alone("migrations are taken back by hand");
    const subject = await migrator();
    const which = (states: readonly MigrationState[]): readonly MigrationState[] => chosen(states, options);
    if (options.dryRun === true) {
      preview(which(await subject.states()), print);
      return;
    }
    const taken = await subject.takeBack(which);
    printMigrations(
      print,
      "took back",
      taken.map(({ id }) => id),
    );
  });
}

/** The applied migrations that the command line asks to take back, oldest first. @throws StepFailed if the database has some that this release does not know. */
function chosen(states: readonly MigrationState[], { to, steps = "1" }: Options): readonly MigrationState[] {
  const applied = states.filter(({ state }) => state !== "pending");
  const foreign = applied.filter(({ state }) => state === "missing").map(idOf);
  // These migrations came later than anything this release has, or their time is unknown. The older migrations that they build on must not go first.
  if (foreign.length > 0) {
    throw new StepFailed(
      `nothing is taken back: this release does not know ${foreign.join(", ")}, which the database has`,
      {
        hint: "The release that applied them has their way back: deploy that revision first.",
      },
    );
  }
  if (to === undefined) return applied.slice(-stepsOf(steps));
  return applied.slice(applied.indexOf(migrationNamed(applied, to)) + 1);
}

/** @throws StepFailed if one of them has no way back: those before it would be taken back, and it would stop there. */
function preview(asked: readonly MigrationState[], print: Print): void {
  const newestFirst = asked.toReversed();
  const stop = newestFirst.findIndex(({ migration }) => migration.reversible === false);
  printMigrations(print, "would take back", (stop === -1 ? newestFirst : newestFirst.slice(0, stop)).map(idOf));
  if (stop === -1) return;
  const stay = newestFirst.slice(stop).map(idOf);
  throw new StepFailed(`it would stop at ${stay[0]}, which has no way back; applied still: ${stay.join(", ")}`, {
    hint: "Write what takes it back by hand, or restore a backup.",
  });
}

function stepsOf(text: string): number {
  const steps = Number(text);
  if (Number.isInteger(steps) && steps >= 1) return steps;
  throw new UsageError(`--steps is "${text}": a whole number from 1`);
}
