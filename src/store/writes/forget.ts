import type { Kysely } from "kysely";
import { sql } from "kysely";
import { timeOfId } from "../../domain/id.ts";
import type { StoreContext } from "../store-context.ts";
import type { Tables } from "../tables.ts";
import { mustLead } from "./must-lead.ts";

/** The kinds of records that can be forgotten, in the order in which they are missed least. */
export const FORGETTABLE = ["refused", "changes", "payloads", "logs", "deliveries", "deployments", "actions"] as const;
export type Forgettable = (typeof FORGETTABLE)[number];

/** At once, so that no transaction is long and deliveries get their turn in between. */
const BATCH = 500;
/** Each may have twenty thousand lines. */
const LOGS_BATCH = 20;
/** They are small. */
const CHANGES_BATCH = 5_000;
/** So many of each target stay whatever their age, and as many that went live: a rollback may go back to one of them. */
const KEPT_DEPLOYMENTS = 50;

/**
 * Forgets a batch of the oldest things of one kind that are older than `cutoff` (an id; see `idBefore`). Returns how many: 0 when there is nothing left.
 * Running and unfinished deployments, and everything that a rollback needs, are never forgotten.
 */
export async function forget({ db, term }: StoreContext, what: Forgettable, cutoff: string): Promise<number> {
  if (term === undefined) return await FORGET[what](db, cutoff);
  return await db.transaction().execute(async (tx) => {
    await mustLead(tx, term);
    return await FORGET[what](tx, cutoff);
  });
}

/** `refused`: requests that nobody signed. */
const FORGET: Readonly<Record<Forgettable, (db: Kysely<Tables>, cutoff: string) => Promise<number>>> = {
  refused: (db, cutoff) => forgetRows(db, "tb_webhook_event", cutoff, "verified = 0"),

  // The newest change stays: no number is given twice, and a client that has heard everything misses nothing.
  async changes(db, cutoff) {
    const { numAffectedRows } = await sql`
      delete from tb_change where sequence in (
        select sequence from (select sequence, at from tb_change order by sequence limit ${CHANGES_BATCH}) as oldest
        where at < ${timeOfId(cutoff).toISOString()} and sequence < (select max(sequence) from tb_change))`.execute(db);
    return Number(numAffectedRows ?? 0n);
  },

  async payloads(db, cutoff) {
    const old = db
      .selectFrom("tb_webhook_event")
      .select("id")
      .where("body", "is not", null)
      .where("id", "<", cutoff)
      .orderBy("id")
      .limit(BATCH);
    const { numUpdatedRows } = await db
      .updateTable("tb_webhook_event")
      .set({ body: null })
      .where("id", "in", old)
      .executeTakeFirst();
    return Number(numUpdatedRows);
  },

  async logs(db, cutoff) {
    const old = await db
      .selectFrom("tb_deployment_log")
      .select("deployment_id")
      .distinct()
      .where("deployment_id", "<", cutoff)
      .where("deployment_id", "not in", (not) =>
        not
          .selectFrom("tb_deployment")
          .select("id")
          .where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)]),
      )
      .orderBy("deployment_id")
      .limit(LOGS_BATCH)
      .execute();
    const ids = old.map(({ deployment_id: id }) => id);
    if (ids.length === 0) return 0;
    const { numDeletedRows } = await db
      .deleteFrom("tb_deployment_log")
      .where("deployment_id", "in", ids)
      .executeTakeFirst();
    return Number(numDeletedRows);
  },

  deliveries: (db, cutoff) => forgetRows(db, "tb_webhook_event", cutoff),

  async deployments(db, cutoff) {
    const result = await sql`
      delete from tb_deployment where id in (
        select d.id from tb_deployment d
        where d.id < ${cutoff} and d.finished_at is not null
          and d.id < coalesce((select k.id from tb_deployment k
                               where k.fraise = d.fraise and k.environment = d.environment and k.job = d.job
                               order by k.id desc limit 1 offset ${KEPT_DEPLOYMENTS - 1}), '')
          and (d.status <> 'succeeded'
               or d.id < coalesce((select k.id from tb_deployment k
                                   where k.fraise = d.fraise and k.environment = d.environment and k.job = d.job
                                     and k.status = 'succeeded'
                                   order by k.id desc limit 1 offset ${KEPT_DEPLOYMENTS - 1}), ''))
          and not exists (select 1 from tb_fraise_state s
                          where s.fraise = d.fraise and s.environment = d.environment and s.job = d.job
                            and (s.deployment_id = d.id or s.previous_deployment_id = d.id))
        order by d.id limit ${BATCH})`.execute(db);
    await sql`delete from tb_settings where not exists (select 1 from tb_deployment d where d.settings = tb_settings.hash)`.execute(
      db,
    );
    return Number(result.numAffectedRows ?? 0n);
  },

  actions: (db, cutoff) => forgetRows(db, "tb_action", cutoff),
};

async function forgetRows(
  db: Kysely<Tables>,
  table: "tb_webhook_event" | "tb_action",
  cutoff: string,
  which: "true" | "verified = 0" = "true",
): Promise<number> {
  const old = db
    .selectFrom(table)
    .select("id")
    .where(sql<boolean>`${sql.raw(which)}`)
    .where("id", "<", cutoff)
    .orderBy("id")
    .limit(BATCH);
  const { numDeletedRows } = await db.deleteFrom(table).where("id", "in", old).executeTakeFirst();
  return Number(numDeletedRows);
}
