import type { TargetKey } from "../../domain/fraise.ts";
import { fullRef } from "../../domain/event.ts";
import type { StoreContext } from "../store-context.ts";

/** Deployments looked at for each target: what is older is not news to anybody. */
const NEWEST = 200;

export interface KnownRefs {
  /** Full ref to the revisions that deliveries or sweeps have dealt with last: the newest deployment's, and what the last sweep decided on. */
  readonly revisions: ReadonlyMap<string, readonly string[]>;
  /** False for a target that neither a delivery nor a sweep has ever reached. */
  readonly isKnown: boolean;
}

/** What is already known of where a target's refs point. */
export async function knownRefs({ db }: StoreContext, { fraise, environment, job }: TargetKey): Promise<KnownRefs> {
  const deployed = await db
    .selectFrom("tb_deployment")
    .select(["ref_kind", "ref_name", "revision"])
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id", "desc")
    .limit(NEWEST)
    .execute();
  const swept = await db
    .selectFrom("tb_swept_ref")
    .select(["ref", "revision"])
    .where((where) => where.and({ fraise, environment, job }))
    .execute();
  const revisions = new Map(swept.map(({ ref, revision }) => [ref, [revision]]));
  const seen = new Set<string>();
  for (const { ref_kind: kind, ref_name: name, revision } of deployed) {
    if (kind === null || name === null) continue;
    const ref = fullRef({ kind, name });
    if (seen.has(ref)) continue;
    seen.add(ref);
    revisions.set(ref, [...(revisions.get(ref) ?? []), revision]);
  }
  return { revisions, isKnown: deployed.length + swept.length > 0 };
}
