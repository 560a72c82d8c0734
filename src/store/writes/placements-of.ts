import type { PlacedTarget, Placement, TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { knownHosts } from "../reads/known-hosts.ts";
import type { SerialTransaction } from "./serially.ts";

/** Says on which host a target lives. */
export type PlacementOf = (target: PlacedTarget) => Placement;

/**
 * Finds the hosts of targets: the one that fraises.yaml names, else the one on which a target lives already, else the only one that there is. A target that could live on
 * several hosts has none (`""`), and neither has one on a host that the store does not know: its deployments wait. Part of its caller's transaction.
 * @param host the host of this process; `""` in a store in a file, which serves one host.
 */
export async function placementsOf(
  tx: SerialTransaction,
  host: string,
  targets: readonly PlacedTarget[],
): Promise<PlacementOf> {
  if (host === "" || targets.length === 0)
    return ({ fraise, environment, job }) => ({ fraise, environment, job, host });
  const known = await knownHosts({ db: tx, host });
  const only = known.length === 1 ? known[0] : undefined;
  const lives = await livesOn(tx, known, targets);
  return (target) => {
    const { fraise, environment, job, hosts } = target;
    const named = hosts === undefined ? undefined : (hosts.find((each) => known.includes(each)) ?? "");
    return { fraise, environment, job, host: named ?? lives.get(targetName(target)) ?? only ?? "" };
  };
}

/** The host of each target that has a state on a host that is known. */
async function livesOn(
  tx: SerialTransaction,
  known: readonly string[],
  targets: readonly TargetKey[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx
    .selectFrom("tb_fraise_state")
    .select(["fraise", "environment", "job", "host"])
    .where("host", "in", known)
    .where("fraise", "in", [...new Set(targets.map(({ fraise }) => fraise))])
    // The host on which it was deployed last.
    .orderBy("updated_at")
    .execute();
  return new Map(rows.map((row) => [targetName(row), row.host]));
}
