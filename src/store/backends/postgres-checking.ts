import { CompiledQuery, sql } from "kysely";
import type { Checking, Reference } from "./backend.ts";

const TRIAL = "fraisier_view_trial";

/** The parts of PostgreSQL that looking for broken promises needs. */
export const postgresChecking: Checking = {
  async references(db) {
    const { rows } = await sql<Reference>`
      select c.relname as "table", a.attname as "column", p.relname as parent, b.attname as "parentColumn"
      from pg_constraint r join pg_class c on c.oid = conrelid join pg_class p on p.oid = confrelid
      join pg_attribute a on a.attrelid = conrelid and a.attnum = conkey[1]
      join pg_attribute b on b.attrelid = confrelid and b.attnum = confkey[1]
      where contype = 'f' and connamespace = current_schema()::regnamespace order by c.relname, conname`.execute(db);
    return rows;
  },
  /** The server writes a view in its own words: it is asked for those of a view that is made for comparison, and taken back. */
  async otherViews(db, views) {
    const others: string[] = [];
    const done = new Error("compared");
    await db
      .transaction()
      .execute(async (tx) => {
        for (const { name, sql: text } of views) {
          await tx.executeQuery(CompiledQuery.raw(`create temporary view ${TRIAL} as ${text}`));
          const { rows } = await sql<{ same: number | null }>`
            select pg_get_viewdef(to_regclass(${name})) = pg_get_viewdef(to_regclass(${`pg_temp.${TRIAL}`})) as same`.execute(
            tx,
          );
          if (rows[0]?.same !== 1) others.push(name);
          await tx.executeQuery(CompiledQuery.raw(`drop view pg_temp.${TRIAL}`));
        }
        throw done;
      })
      .catch((error: unknown) => {
        if (error !== done) throw error;
      });
    return others;
  },
};
