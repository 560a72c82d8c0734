import type { Store } from "../store/store.ts";
import type { MigrationRecord } from "./migration-record.ts";
import type { RecordedMigration } from "./migration-state.ts";
import type { AppliedMigration } from "./migration-tool.ts";

/**
 * Brings fraisier's record in line with what the database says: a process that died between the two left them apart, and people restore
 * backups. Only for who holds the lock, as a migration under way looks the same as one that died.
 */
export async function reconcileRecord(
  record: Pick<MigrationRecord, "settle">,
  recorded: readonly RecordedMigration[],
  applied: readonly AppliedMigration[] | undefined,
  log: (line: string) => void,
): Promise<void> {
  for (const row of recorded) {
    const truth = applied?.find(({ id }) => id === row.migration);
    const isThere = truth !== undefined && truth.unfinished !== true;
    const outcome = applied === undefined ? undefined : outcomeOf(row.status, isThere);
    if (outcome === undefined) continue;
    log(
      `the record said ${row.status} of ${row.migration}; the database ${isThere ? "has it" : "does not have it"}: now ${outcome.status}`,
    );
    await record.settle(row.id, outcome);
  }
}

type Outcome = Parameters<Store["databases"]["settleMigration"]>[1];

function outcomeOf(status: RecordedMigration["status"], isThere: boolean): Outcome | undefined {
  const died = "the process that was at it died";
  if (status === "applying") return isThere ? { status: "success", error: "" } : { status: "failed", error: died };
  if (status === "rolling_back")
    return isThere ? { status: "success", error: died } : { status: "rolled_back", error: "" };
  if ((status === "success" || status === "marked") && !isThere)
    return { status: "rolled_back", error: "the database does not have it any more" };
  return undefined;
}
