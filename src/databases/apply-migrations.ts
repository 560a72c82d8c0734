import { StepFailed } from "../domain/errors.ts";
import { messageOf } from "../domain/message-of.ts";
import { checkLock } from "./migration-lock.ts";
import type { LockedMigrations } from "./migration-record.ts";
import type { AppliedMigration, Migration } from "./migration-tool.ts";

/** Applies these migrations in order: one by one if the tool can, else all at once. */
export async function applyMigrations(pending: readonly Migration[], locked: LockedMigrations): Promise<void> {
  const atOnce = pending.length === 0 ? [] : [pending];
  for (const batch of locked.tool.oneByOne ? pending.map((each) => [each]) : atOnce) {
    checkLock(locked.lock);
    await applyTogether(batch, locked);
  }
}

/** Applies some as one act: on record before and after, and what the record says is what the database says. */
async function applyTogether(batch: readonly Migration[], locked: LockedMigrations): Promise<void> {
  const { migrations, record, context } = locked;
  const { host, log } = context;
  const rows = new Map<string, string>();
  for (const migration of batch) rows.set(migration.id, await record.begin(migration, "applying"));
  const start = host.clock.monotonicMs();
  const elapsedMs = (): number => host.clock.monotonicMs() - start;
  try {
    await migrations.apply(batch);
  } catch (error) {
    await settle(rows, { failure: error, durationMs: elapsedMs() }, locked).catch((again: unknown) =>
      log(`its end could not be looked up: ${messageOf(again)}`),
    );
    throw error;
  }
  await settle(rows, { failure: undefined, durationMs: elapsedMs() }, locked);
  log(`applied ${batch.map(({ id }) => id).join(", ")} in ${Math.round(elapsedMs())} ms`);
}

/** How a tool ended that was told to apply migrations. */
interface Ending {
  /** The error that it reported; undefined if it reported none. */
  readonly failure: unknown;
  readonly durationMs: number;
}

/**
 * Writes down which of the migrations the database has.
 * @param rows the entries of the record, by migration.
 * @throws StepFailed if the tool reported no failure, and the database does not have one of them.
 */
async function settle(
  rows: ReadonlyMap<string, string>,
  { failure, durationMs }: Ending,
  { migrations, record }: LockedMigrations,
): Promise<void> {
  const applied = await migrations.applied(failure !== undefined);
  for (const [id, row] of rows) {
    if (isApplied(id, applied, failure)) {
      await record.settle(row, { status: "success", durationMs, error: "" });
      continue;
    }
    const error =
      failure === undefined ? "the tool reported no failure, and the database does not have it" : messageOf(failure);
    await record.settle(row, { status: "failed", durationMs, error });
    if (failure === undefined)
      throw new StepFailed(`${id} was not applied: ${error}`, { hint: "Is a quote or a comment left open in it?" });
  }
}

/** If the database does not tell which migrations it has, the end of the tool decides. */
function isApplied(id: string, applied: readonly AppliedMigration[] | undefined, failure: unknown): boolean {
  if (applied === undefined) return failure === undefined;
  return applied.some((each) => each.id === id && each.unfinished !== true);
}
