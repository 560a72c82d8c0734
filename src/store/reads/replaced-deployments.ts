import { isByItself } from "../../domain/deployment.ts";
import type { Trigger } from "../../domain/deployment.ts";
import { refOf } from "../../domain/event.ts";
import type { Ref } from "../../domain/event.ts";
import type { StoreContext } from "../store-context.ts";

/** A deployment that another one replaced while it waited. */
export interface Replaced {
  readonly id: string;
  readonly trigger: Trigger;
  readonly revision: string;
  readonly ref: Ref | undefined;
  /** The deployment that it tried again, or stood for. */
  readonly retryOf: string | undefined;
}

/** The recent past is enough, and in a storm of pushes the chain is long. */
const MOST = 50;

/**
 * The deployments that this one replaced while they waited, directly or through others, the last replaced first. If it stands for another deployment (it tries that
 * one again, or was brought back in its place), these are the ones that the other had replaced, as it took nobody's place itself. A push is left out if its revision
 * is held.
 */
export async function replacedDeployments({ db }: Pick<StoreContext, "db">, id: string): Promise<readonly Replaced[]> {
  const replaced = new Map<string, Replaced>();
  const itself = await db
    .selectFrom("tb_deployment")
    .select(["fraise", "environment", "job", "retry_of"])
    .where("id", "=", id)
    .executeTakeFirst();
  if (itself === undefined) return [];
  const { retry_of: retryOf, ...target } = itself;
  const first = retryOf ?? id;
  for (let successors = [id, first]; successors.length > 0 && replaced.size < MOST;) {
    const rows = await db
      .selectFrom("tb_deployment")
      .select(["id", "trigger", "revision", "ref_kind", "ref_name", "retry_of"])
      .where("superseded_by", "in", successors)
      .where("superseded_by", "is not", null)
      .limit(MOST)
      .execute();
    const found = rows
      .filter((row) => !replaced.has(row.id))
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .map(({ ref_kind: kind, ref_name: name, retry_of: of, ...row }) => ({
        ...row,
        ref: refOf(kind, name),
        retryOf: of ?? undefined,
      }));
    for (const row of found) replaced.set(row.id, row);
    successors = found.flatMap((row) => [row.id, row.retryOf ?? row.id]);
  }
  const bad = await db
    .selectFrom("tb_bad_revision")
    .select("revision")
    .where((where) => where.and(target))
    .execute();
  const held = new Set(bad.map(({ revision }) => revision));
  return [...replaced.values()].filter(
    (each) => (each.retryOf ?? each.id) !== first && !(isByItself(each) && held.has(each.revision)),
  );
}
