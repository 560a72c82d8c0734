import type { TargetKey } from "../domain/fraise.ts";
import type { MigrationRun } from "../domain/migration-run.ts";
import type { AppliedMigration, Migration } from "./migration-tool.ts";

/** The last record that fraisier has of a migration, as far as it matters here. */
export type RecordedMigration = Omit<MigrationRun, keyof TargetKey | "tool" | "file" | "startedAt">;

export interface MigrationState {
  readonly migration: Migration;
  /**
   * `changed`: applied, and its file is another one now; `unfinished`: begun outside of a transaction, and any part of it may be there;
   * `missing`: applied, and this release does not know it; `unknown`: the tool does not tell.
   */
  readonly state: "applied" | "pending" | "changed" | "unfinished" | "missing" | "unknown";
  /** Pending, though a later one is applied. */
  readonly outOfOrder: boolean;
  readonly applied: AppliedMigration | undefined;
  readonly recorded: RecordedMigration | undefined;
}

/** Compares the release's migrations with the database's. Pure. Undefined `applied`: the database cannot be asked, so that the record stands in for it. */
export function compareMigrations(
  known: readonly Migration[],
  applied: readonly AppliedMigration[] | undefined,
  recorded: readonly RecordedMigration[],
): readonly MigrationState[] {
  const rows = new Map(recorded.map((row) => [row.migration, row]));
  const there = new Map((applied ?? []).map((each) => [each.id, each]));
  const lastApplied = known.findLastIndex(({ id }) => there.has(id));
  const states = known.map((migration, index): MigrationState => {
    const row = rows.get(migration.id);
    const found = there.get(migration.id);
    const state = applied === undefined ? unaskedStateOf(row) : stateOf(migration, found, row);
    return { migration, state, outOfOrder: state === "pending" && index < lastApplied, applied: found, recorded: row };
  });
  const missing = [...there.values()].filter(({ id }) => !known.some((each) => each.id === id));
  return [
    ...missing.map((each): MigrationState => ({
      migration: { id: each.id, file: undefined, sha256: undefined, reversible: false },
      state: each.unfinished === true ? "unfinished" : "missing",
      outOfOrder: false,
      applied: each,
      recorded: rows.get(each.id),
    })),
    ...states,
  ];
}

/** The tool does not tell which migrations are applied: a migration that was taken back must not be taken back once more. */
function unaskedStateOf(row: RecordedMigration | undefined): MigrationState["state"] {
  return row?.status === "rolled_back" ? "pending" : "unknown";
}

function stateOf(
  { sha256 }: Migration,
  applied: AppliedMigration | undefined,
  row: RecordedMigration | undefined,
): MigrationState["state"] {
  if (applied === undefined) return "pending";
  if (applied.unfinished === true) return "unfinished";
  const before = applied.sha256 ?? (row?.status === "success" || row?.status === "marked" ? row.sha256 : "");
  return before !== "" && sha256 !== undefined && before !== sha256 ? "changed" : "applied";
}

/** The ids of the migrations that the database has. */
export function appliedIn(states: readonly MigrationState[]): Set<string> {
  return new Set(states.filter(({ applied }) => applied !== undefined).map(({ migration }) => migration.id));
}

/** The ids for a sentence: `0001_users, 0002_prices`. */
export function idsOf(states: readonly MigrationState[]): string {
  return states.map(({ migration }) => migration.id).join(", ");
}
