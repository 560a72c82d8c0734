import { sql } from "kysely";
import type { Phase } from "../../domain/phase.ts";
import type { StoreContext } from "../store-context.ts";
import type { StepStatus } from "../../domain/deployment.ts";
import { ownDeployment } from "./own-deployment.ts";
import { serially } from "./serially.ts";

export interface StepEntry {
  readonly step: string;
  readonly phase: Phase;
  readonly status: StepStatus;
  /** JSON; undefined leaves what is recorded. */
  readonly facts?: string;
  readonly error?: string;
  readonly durationMs?: number;
}

/** Writes down where a step stands, before and after it acts. Durable when it resolves. */
export async function journalStep({ db }: StoreContext, id: string, owner: string, entry: StepEntry): Promise<void> {
  const at = new Date().toISOString();
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
