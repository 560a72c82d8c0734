import type { MigrationState } from "../../databases/migration-state.ts";
import { UsageError } from "../../domain/errors.ts";
import type { MigrationRun } from "../../domain/migration-run.ts";
import { withNulls } from "../../domain/with-nulls.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";
import { guess } from "../../actions/targets/no-such-target.ts";

/** The migration of this name. @throws UsageError that names those there are. */
export function migrationNamed(states: readonly MigrationState[], name: string | undefined): MigrationState {
  const state = states.find(({ migration }) => migration.id === name);
  if (state !== undefined) return state;
  const names = states.map(idOf);
  throw new UsageError(name === undefined ? "which migration?" : `there is no migration ${name} here`, {
    hint: `${guess(name ?? "", names)}There are: ${names.join(", ") || "none"}.`,
  });
}

export function idOf({ migration }: MigrationState): string {
  return migration.id;
}

/** Whether a migration can be taken back, in words. */
export function wayBack(reversible: boolean | undefined): string {
  if (reversible === undefined) return "the tool knows";
  return reversible ? "yes" : "no";
}

/** Anything unusual about a migration; `""` if there is nothing. */
export function noteOf({ outOfOrder, state, migration, recorded }: MigrationState): string {
  const notes = [
    outOfOrder ? "out of order" : "",
    state === "missing" ? "not in this release" : "",
    migration.reversible === false && state !== "missing" ? "no way back" : "",
    recorded?.error ?? "",
  ];
  return notes.filter((part) => part !== "").join("; ");
}

/** A migration as `--json` shows it. */
export function migrationFacts({ migration, state, outOfOrder, recorded }: MigrationState): Record<string, unknown> {
  const { id, reversible = null, file = null, sha256 = null } = migration;
  return { id, state, out_of_order: outOfOrder, reversible, file, sha256, ...recordFacts(recorded) };
}

/** The last record of a migration as `--json` shows it. */
function recordFacts(recorded: MigrationState["recorded"]): Record<string, unknown> {
  if (recorded === undefined)
    return { applied_at: null, applied_by: null, execution_time_ms: null, last_status: null, error: "" };
  const { appliedAt, appliedBy, executionTimeMs, status, error } = recorded;
  return withNulls({
    applied_at: appliedAt,
    applied_by: appliedBy,
    execution_time_ms: executionTimeMs,
    last_status: status,
    error,
  });
}

/** An attempt at a migration as `--json` shows it. The names and their order are a promise to scripts. */
export function migrationRunJson(run: MigrationRun) {
  return withNulls({
    id: run.id,
    fraise: run.fraise,
    environment: run.environment,
    job: run.job,
    migration: run.migration,
    tool: run.tool,
    file: run.file,
    sha256: run.sha256,
    deployment_id: run.deployment,
    status: run.status,
    started_at: run.startedAt,
    applied_at: run.appliedAt,
    applied_by: run.appliedBy,
    execution_time_ms: run.executionTimeMs,
    error: run.error,
  });
}

/** Prints every time that fraisier applied a migration or took it back, newest first. */
export function printMigrationHistory(print: Print, runs: readonly MigrationRun[]): void {
  print.table(
    [
      { title: "WHEN", leaves: 4 },
      "MIGRATION",
      "STATUS",
      { title: "MS", leaves: 1 },
      { title: "BY", leaves: 2 },
      { title: "DEPLOYMENT", leaves: 3 },
      "ERROR",
    ],
    runs.map((run) => [
      print.time(run.appliedAt ?? run.startedAt),
      harmless(run.migration),
      run.status,
      String(run.executionTimeMs ?? ""),
      harmless(run.appliedBy),
      run.deployment ?? "",
      harmless(run.error),
    ]),
  );
}

/** `applied: 0001_users, 0002_prices`. */
export function printMigrations(print: Print, what: string, ids: readonly string[]): void {
  if (print.isJson) print.json({ [what.replaceAll(/[ ,]+/g, "_")]: ids });
  else print.line(harmless(`${what}: ${ids.join(", ") || "nothing"}`));
}
