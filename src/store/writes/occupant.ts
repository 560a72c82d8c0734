import { sql } from "kysely";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { Placement } from "../../domain/fraise.ts";
import type { SerialTransaction } from "./serially.ts";

/** The deployment or process that has a target on one host for itself: there is at most one. */
export type Occupant =
  | { readonly kind: "deployment"; readonly id: string; readonly status: DeploymentStatus }
  | { readonly kind: "process"; readonly reason: string; readonly by: string; readonly holder: string };

/** The deployment that runs on a target there, or the process that works on it by hand; undefined if it is free. */
export async function occupantOf(
  tx: SerialTransaction,
  { fraise, environment, job, host }: Placement,
): Promise<Occupant | undefined> {
  const running = await tx
    .selectFrom("tb_deployment")
    .select(["id", "status"])
    .where((where) => where.and({ fraise, environment, job, host }))
    .where("status", "in", [sql.lit("running" as const), sql.lit("rolling_back" as const)])
    .executeTakeFirst();
  if (running !== undefined) return { kind: "deployment", ...running };
  const process = await tx
    .selectFrom("tb_lock")
    .select(["reason", "locked_by as by", "holder"])
    .where((where) => where.and({ fraise, environment, job }))
    .where("holder", "<>", "")
    .executeTakeFirst();
  return process === undefined ? undefined : { kind: "process", ...process };
}
