import { StepFailed } from "../domain/errors.ts";
import { idsOf } from "./migration-state.ts";
import type { MigrationState } from "./migration-state.ts";
import type { AppliedMigration } from "./migration-tool.ts";

/** @throws StepFailed if a migration may be in the database in part, or has changed since it was applied. */
export function refuseTrouble(states: readonly MigrationState[]): void {
  const unfinished = states.filter(({ state }) => state === "unfinished");
  if (unfinished.length > 0) {
    throw new StepFailed(
      `${idsOf(unfinished)} began without a transaction and never ended: any part of it may be in the database`,
      {
        hint: "Look, and bring it to one end by hand; then fraisier migration mark-applied TARGET NAME, with --not when nothing of it is there.",
      },
    );
  }
  const changed = states.filter(({ state }) => state === "changed");
  if (changed.length === 0) return;
  const each = changed.map(({ migration, applied, recorded }) => {
    const before = applied?.sha256 ?? recorded?.sha256 ?? "";
    return `${migration.file ?? migration.id} (SHA-256 ${before.slice(0, 12)} then, ${migration.sha256?.slice(0, 12) ?? ""} now)`;
  });
  throw new StepFailed(`changed after it was applied: ${each.join(", ")}`, {
    hint: "Put the file back as it was, and write a new migration; if the change does not matter: fraisier migration mark-applied TARGET NAME.",
  });
}

/**
 * @param applied what the database says; undefined if it does not tell.
 * @throws StepFailed if a tool did more, or something else, than it was told to.
 */
export function refuseOtherChanges(
  applied: readonly AppliedMigration[] | undefined,
  expected: ReadonlySet<string>,
  { doing, tool }: { readonly doing: string; readonly tool: string },
): void {
  if (applied === undefined) return;
  const there = new Set(applied.map(({ id }) => id));
  const changed = [...new Set([...expected, ...there])].filter((id) => expected.has(id) !== there.has(id));
  if (changed.length === 0) return;
  throw new StepFailed(`${doing} went wrong: ${tool} changed what is applied of ${changed.join(", ")}`, {
    hint: "fraisier migration status says what is applied now; mend it with the tool itself.",
  });
}
