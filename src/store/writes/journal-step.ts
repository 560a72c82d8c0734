import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Phase } from "../../domain/phase.ts";
import type { StoreContext } from "../store-context.ts";
import type { StepStatus } from "../../domain/deployment.ts";
import { callOf } from "../call.ts";
import { ownDeployment } from "./own-deployment.ts";
import type { Tables } from "../tables.ts";
import { serially } from "./serially.ts";
import { withoutSync } from "./without-sync.ts";

export interface StepEntry {
  readonly step: string;
  readonly phase: Phase;
  readonly status: StepStatus;
  /** JSON; undefined leaves what is recorded. */
  readonly facts?: string;
  readonly error?: string;
  readonly durationMs?: number;
  /** A power cut may take it: then the step is begun again, which must do no harm. */
  readonly isBrief?: boolean;
}

/** Writes down where a step stands, before and after it acts. It survives a kill when it resolves, and a power cut unless it is brief. */
export async function journalStep(context: StoreContext, id: string, owner: string, entry: StepEntry): Promise<void> {
  const { at } = callOf(context);
  if (entry.isBrief === true) await withoutSync(context, async (db) => await write(db, id, owner, { ...entry, at }));
  else await write(context.db, id, owner, { ...entry, at });
}

async function write(
  db: Kysely<Tables>,
  id: string,
  owner: string,
  { at, ...entry }: StepEntry & { readonly at: string },
): Promise<void> {
  const ended = entry.status === "started" || entry.status === "undoing" ? null : at;
  await serially(db, async (tx) => {
    await ownDeployment(tx, id, owner);
    await tx
      .insertInto("tb_deployment_step")
      .values({
        deployment_id: id,
        sequence: sql<number>`(select coalesce(max(sequence), 0) + 1 from tb_deployment_step where deployment_id = ${id})`,
        step: entry.step,
        phase: entry.phase,
        status: entry.status,
        facts: entry.facts ?? "{}",
        error: entry.error ?? "",
        started_at: at,
        finished_at: ended,
        duration_ms: entry.durationMs ?? null,
      })
      .onConflict((conflict) =>
        conflict.columns(["deployment_id", "step"]).doUpdateSet({
          status: entry.status,
          ...(entry.facts === undefined ? {} : { facts: entry.facts }),
          ...(entry.error === undefined ? {} : { error: entry.error }),
          ...(entry.durationMs === undefined ? {} : { duration_ms: entry.durationMs }),
          finished_at: ended,
        }),
      )
      .execute();
  });
}
