import { ProgramKilled, StepFailed } from "../domain/errors.ts";
import { messageOf } from "../domain/message-of.ts";
import { checkLock } from "./migration-lock.ts";
import type { LockedMigrations } from "./migration-record.ts";
import { appliedIn, idsOf } from "./migration-state.ts";
import type { MigrationState, RecordedMigration } from "./migration-state.ts";
import type { AppliedMigration } from "./migration-tool.ts";
import { refuseOtherChanges, refuseTrouble } from "./refuse-trouble.ts";

/**
 * Takes these migrations back, in this order. Stops at the first that has no way back.
 * @param states the migrations of the database before.
 */
export async function takeBackMigrations(
  chosen: readonly MigrationState[],
  states: readonly MigrationState[],
  locked: LockedMigrations,
): Promise<void> {
  const expected = appliedIn(states);
  for (const [index, next] of chosen.entries()) {
    checkLock(locked.lock);
    const { id } = next.migration;
    const applied = await takeBack(next, chosen.slice(index), locked);
    locked.context.log(`took back ${id}`);
    expected.delete(id);
    refuseOtherChanges(applied, expected, { doing: `taking back ${id}`, tool: locked.tool.name });
  }
}

/**
 * Takes one back. Returns what is applied then, as far as the database tells.
 * @param left this one and those that are to be taken back after it.
 */
async function takeBack(
  next: MigrationState,
  left: readonly MigrationState[],
  { migrations, record }: LockedMigrations,
): Promise<readonly AppliedMigration[] | undefined> {
  const { migration, recorded } = next;
  refuseWithoutWayBack(next, left);
  const row = isOfApplied(recorded) ? recorded.id : await record.begin(migration, "marked");
  await record.settle(row, { status: "rolling_back" });
  let applied: readonly AppliedMigration[] | undefined;
  try {
    await migrations.revert(migration);
    applied = await migrations.applied();
    if (applied?.some(({ id }) => id === migration.id) === true)
      throw new StepFailed("its way back ran without an error, and the database has it still");
  } catch (error) {
    const message = messageOf(error);
    await record.settle(row, { status: "success", error: `not taken back: ${message}` });
    const Failure = error instanceof ProgramKilled ? ProgramKilled : StepFailed;
    throw new Failure(`${migration.id} could not be taken back: ${message}; ${staying(left)}`, { cause: error });
  }
  await record.settle(row, { status: "rolled_back", error: "" });
  return applied;
}

/** @throws StepFailed if nobody knows how the migration is taken back. */
function refuseWithoutWayBack({ migration, state }: MigrationState, left: readonly MigrationState[]): void {
  if (state === "unfinished") refuseTrouble(left);
  if (state === "missing") {
    throw new StepFailed(`${migration.id} cannot be taken back: this release does not know it, and ${staying(left)}`, {
      hint: "The release that applied it has its way back: deploy that revision first.",
    });
  }
  if (migration.reversible === false) {
    throw new StepFailed(`${migration.id} cannot be taken back: it has no way back, and ${staying(left)}`, {
      hint: "Write what takes it back by hand, or restore a backup; then deploy again.",
    });
  }
}

/** Whether this entry of the record says that the migration is applied, or is being applied. */
function isOfApplied(recorded: RecordedMigration | undefined): recorded is RecordedMigration {
  return recorded !== undefined && ["success", "marked", "applying"].includes(recorded.status);
}

function staying(left: readonly MigrationState[]): string {
  return `applied still: ${idsOf(left.toReversed())}`;
}
