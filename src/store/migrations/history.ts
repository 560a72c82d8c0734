import { createHash } from "node:crypto";
import { sql } from "kysely";
import { StoreUnavailable } from "../../domain/errors.ts";
import type { Migration, OpenBackend } from "../backends/backend.ts";

/** A migration as the store recorded it. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  /** The version of the fraisier that applied it. */
  readonly program: string;
}

/** Every migration that was applied to the store, in order. @throws StoreUnavailable for a store that an unreleased fraisier made. */
export async function readHistory(
  { name, remedies, contents }: OpenBackend,
  db: OpenBackend["db"],
): Promise<readonly AppliedMigration[]> {
  const found = await contents(db);
  if (found === "nothing") return [];
  if (found === "part of a copy")
    throw new StoreUnavailable(`the store ${name} is a copy that has not been finished`, {
      hint: `Run the command that began it again: fraisier store copy --to <url>, with a fraises.yaml that names the store from which it copies. Or ${remedies.startAnew}.`,
    });
  if (found === "something else")
    throw new StoreUnavailable(`the store ${name} was made by an unreleased fraisier, or by another program`, {
      hint: `It cannot be brought to this version. Stop fraisier, and ${remedies.startAnew}.`,
    });
  const { rows } = await sql<AppliedMigration>`
    select number, name, checksum, program from tb_store_migration order by number`.execute(db);
  return rows;
}

/** @throws StoreUnavailable if the store has another migration under one of our numbers. */
export function checkHistory({ name, migrations, remedies }: OpenBackend, applied: readonly AppliedMigration[]): void {
  for (const [index, ours] of migrations.entries()) {
    const row = applied[index];
    if (row === undefined) return;
    if (row.number === ours.number && row.checksum === checksum(ours)) continue;
    throw new StoreUnavailable(
      `migration ${row.number} (${row.name}) of the store ${name} is not the one that this fraisier knows: fraisier ${row.program} applied another one`,
      { hint: `Use that fraisier, or ${remedies.startAnew}.` },
    );
  }
}

export function checksum({ checksum: known, sql: text }: Migration): string {
  return known ?? createHash("sha256").update(text).digest("hex");
}
