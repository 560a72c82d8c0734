import type { Placement } from "../../domain/fraise.ts";
import { LeaseLost } from "./lease-lost.ts";
import type { SerialTransaction } from "./serially.ts";

/** The target and the host of a deployment that this runner still has the lease of. Part of its caller's transaction. @throws LeaseLost */
export async function ownDeployment(tx: SerialTransaction, id: string, owner: string): Promise<Placement> {
  const target = await tx
    .selectFrom("tb_deployment")
    .select(["fraise", "environment", "job", "host"])
    .where("id", "=", id)
    .where("lease_owner", "=", owner)
    .executeTakeFirst();
  if (target === undefined) throw new LeaseLost(id);
  return target;
}
