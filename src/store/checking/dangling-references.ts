import { sql } from "kysely";
import type { CopiedRow, CopiedValue } from "../copying/rows.ts";
import { MOST_FINDINGS } from "./finding.ts";
import type { Finding, Rule } from "./finding.ts";

/** A row refers only to rows that are there. */
export const danglingReferences: Rule = async ({ db, backend }) => {
  const tables = new Map((await backend.copying.tables(db)).map((table) => [table.name, table]));
  const findings: Finding[] = [];
  for (const { table, column, parent, parentColumn } of await backend.checking.references(db)) {
    const shape = tables.get(table);
    if (shape === undefined) continue;
    const { rows } = await sql<CopiedRow & { refers_to: string }>`
      select ${sql.join(shape.key.map(({ name }) => sql.id(name)))}, ${sql.id(column)} as refers_to from ${sql.id(table)} child
      where ${sql.id(column)} is not null
        and not exists (select 1 from ${sql.id(parent)} parent where ${sql.id("parent", parentColumn)} = ${sql.id("child", column)})
      limit ${sql.lit(MOST_FINDINGS)}`.execute(db);
    for (const row of rows) {
      const key = shape.key.map(({ name }) => `${name} = ${literal(row[name] ?? null)}`);
      findings.push({
        table,
        row: key.join(" and "),
        problem: `its ${column} is ${row.refers_to}, and ${parent} has no such row`,
        remedy: `Stop the daemon, make a backup, and remove the row: delete from ${table} where ${key.join(" and ")}`,
      });
    }
  }
  return findings;
};

function literal(value: CopiedValue): string {
  if (value === null || typeof value === "number") return String(value);
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return `x'${Buffer.from(value).toString("hex")}'`;
}
