import type { Ref } from "../../domain/event.ts";
import { fullRef } from "../../domain/event.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** Deployments of the target that are looked at: a sweep remembers by itself what is older. */
const NEWEST = 200;

/**
 * The revision at which this target last knew a ref: where its newest deployment went live, else where a sweep saw it; undefined if neither did. Only
 * what the remote confirmed counts, not what deliveries said.
 * @param except a revision whose deployments count only if they succeeded: one that was taken back may be wanted again.
 */
export async function lastOfRef(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  ref: Ref,
  except: string,
): Promise<string | undefined> {
  const rows = await db
    .selectFrom("tb_deployment")
    .select(["ref_kind", "ref_name", "revision", "status", "trigger"])
    .where((where) => where.and({ fraise, environment, job }))
    .orderBy("id", "desc")
    .limit(NEWEST)
    .execute();
  const row = rows.find(
    ({ ref_kind: kind, ref_name: name, revision, status, trigger }) =>
      kind === ref.kind &&
      name === ref.name &&
      trigger !== "rollback" &&
      (status === "succeeded" || (status === "rolled_back" && revision !== except)),
  );
  if (row !== undefined) return row.revision;
  const seen = await db
    .selectFrom("tb_swept_ref")
    .select("revision")
    .where((where) => where.and({ fraise, environment, job, ref: fullRef(ref) }))
    .executeTakeFirst();
  return seen?.revision;
}
