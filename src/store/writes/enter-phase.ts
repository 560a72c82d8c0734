import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Phase } from "../../domain/phase.ts";
import type { StoreContext } from "../store-context.ts";
import { callOf } from "../call.ts";
import type { Call } from "../call.ts";
import { hasPhase, insertPhase } from "./insert-phase.ts";
import { LeaseLost } from "./lease-lost.ts";
import type { Tables } from "../tables.ts";
import { serially } from "./serially.ts";
import { withoutSync } from "./without-sync.ts";

export interface PhaseChange {
  readonly phase: Phase;
  /** 0–100; a lower one than recorded keeps the recorded one. */
  readonly progress: number;
  /** JSON. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Records a change of phase or progress as a row of its own, and as the deployment's present. People look at it, and the journal alone says where a deployment
 * goes on: it is on disk with the next entry of the journal.
 */
export async function enterPhase(context: StoreContext, id: string, owner: string, change: PhaseChange): Promise<void> {
  const call = callOf(context);
  await withoutSync(context, async (db) => await write({ db, call }, id, owner, change));
}

async function write(
  { db, call: { at, isRepeat } }: { readonly db: Kysely<Tables>; readonly call: Call },
  id: string,
  owner: string,
  change: PhaseChange,
): Promise<void> {
  await serially(db, async (tx) => {
    const row = await tx
      .updateTable("tb_deployment")
      .set({
        phase: change.phase,
        progress: sql<number>`case when progress < ${change.progress} then ${change.progress} else progress end`,
        phase_changed_at: sql<string>`case when phase = ${change.phase} then phase_changed_at else ${at} end`,
        stuck_since: sql<string | null>`case when phase = ${change.phase} then stuck_since end`,
      })
      .where("id", "=", id)
      .where("lease_owner", "=", owner)
      .returning("progress")
      .executeTakeFirst();
    if (row === undefined) throw new LeaseLost(id);
    if (isRepeat && (await hasPhase(tx, id, at, change))) return;
    await insertPhase(tx, { id, phase: change.phase, progress: row.progress }, change.metadata, at);
  });
}
