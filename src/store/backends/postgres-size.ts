import { CompiledQuery } from "kysely";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";

/** Bytes that the tables take with their indexes. Space that deleted rows leave counts, as the server keeps it for the next ones. */
export async function totalSize(db: Kysely<Tables>): Promise<number> {
  return await numberIn(
    db,
    `select coalesce(sum(pg_total_relation_size(c.oid)), 0) as number
     from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'`,
  );
}

/** The tables that grow, and their columns with long texts. */
const GROWING: Readonly<Record<string, readonly string[]>> = {
  tb_webhook_event: ["headers", "body", "reason"],
  tb_webhook_decision: ["reason"],
  tb_deployment: ["message", "reason", "hint", "options"],
  tb_deployment_phase: ["metadata"],
  tb_deployment_wait: ["reason"],
  tb_deployment_step: ["facts", "error"],
  tb_deployment_log: ["line"],
  tb_change: [],
};
/** The rest of a row, with its entries in indexes. */
const ROW_BYTES = 400;

/** About the bytes that rows take. Reads every row of the tables that grow, though not the long texts themselves. */
export async function usedSize(db: Kysely<Tables>): Promise<number> {
  const sums = Object.entries(GROWING).map(([table, columns]) => {
    const bytes = [...columns.map((column) => `coalesce(pg_column_size(${column}), 0)`), String(ROW_BYTES)];
    return `(select coalesce(sum(${bytes.join(" + ")}), 0) from ${table})`;
  });
  return await numberIn(db, `select ${sums.join(" + ")} as number`);
}

async function numberIn(db: Kysely<Tables>, text: string): Promise<number> {
  const query: CompiledQuery<{ readonly number: number }> = CompiledQuery.raw(text);
  const { rows } = await db.executeQuery(query);
  return rows[0]?.number ?? 0;
}
