import type { TargetKey } from "../../domain/fraise.ts";
import { fullRef, refOf } from "../../domain/event.ts";
import type { StoreContext } from "../store-context.ts";

/** Deployments looked at for each target: a sweep remembers by itself what is older. */
const NEWEST = 200;

export interface SeenRef {
  readonly revision: string;
  /** ISO time. */
  readonly at: string;
}

/** The known revisions of a target's refs, by full ref. */
export interface KnownRefs {
  /** The revision of the newest deployment of each ref; rollbacks by hand are no pushes. */
  readonly deployed: ReadonlyMap<string, SeenRef>;
  /** The refs that the last sweep saw and dealt with. */
  readonly swept: ReadonlyMap<string, SeenRef>;
  /** Whether a sweep has looked at this target before. */
  readonly isSwept: boolean;
}

/** Reads the known revisions of a target's refs. */
export async function knownRefs({ db }: StoreContext, { fraise, environment, job }: TargetKey): Promise<KnownRefs> {
  const rows = await db
    .selectFrom("tb_deployment")
    .select(["ref_kind", "ref_name", "revision", "trigger", "queued_at"])
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id", "desc")
    .limit(NEWEST)
    .execute();
  const looks = await db
    .selectFrom("tb_swept_ref")
    .select(["ref", "revision", "decided_at"])
    .where((where) => where.and({ fraise, environment, job }))
    .execute();
  const deployed = new Map<string, SeenRef>();
  for (const { ref_kind: kind, ref_name: name, revision, trigger, queued_at: at } of rows) {
    const ref = refOf(kind, name);
    if (ref === undefined || trigger === "rollback") continue;
    const full = fullRef(ref);
    if (!deployed.has(full)) deployed.set(full, { revision, at });
  }
  return {
    deployed,
    swept: new Map(looks.map(({ ref, revision, decided_at: at }) => [ref, { revision, at }])),
    isSwept: looks.length > 0,
  };
}
