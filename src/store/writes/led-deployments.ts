import type { RawBuilder, Transaction } from "kysely";
import { sql } from "kysely";
import type { IncomingDelivery, QueueEntry, Wanted } from "../../domain/decision.ts";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Places } from "../prepared.ts";
import { prepared } from "../prepared.ts";
import type { Tables } from "../tables.ts";
import { refText } from "./ref-text.ts";

/** The deployment that an earlier delivery led to for one target. */
export interface Led {
  /** The deployment that the push itself led to. A redelivery that only names another deployment is no push. */
  readonly deployment: string;
  /** The deployment that stands for the push now: the newest one, followed through replacements and retries to its end. */
  readonly last: string;
  /** A later push than this one, on record before the deliveries that are recorded now, moved the ref for this target. */
  readonly isMoved: boolean;
  /** How many of the pushes that are recorded now came before it. */
  readonly moves: number;
}

/** Ids for `in`. PostgreSQL takes no empty list. */
function idsOf(ids: readonly string[]): RawBuilder<unknown> {
  return ids.length === 0 ? sql`null` : sql.join(ids);
}

interface LedRow extends TargetKey {
  readonly first: string;
  readonly pushed: string;
  readonly deployment: string;
  readonly id: string;
  readonly revision: string;
  readonly status: DeploymentStatus;
  readonly is_push: number;
  readonly is_taken_back: number;
  readonly is_moved: number;
}

/** Maps what deliveries and sweeps led to by ledKey and sweptKey, and holds the deployments that stand for it now by id. */
interface LedDeployments {
  readonly ledByKey: Map<string, Led>;
  readonly entries: ReadonlyMap<string, QueueEntry>;
}

/**
 * Reads what earlier deliveries led to, and sweeps that found the pushes which are delivered now. Two statements, however many targets a delivery was for. A
 * wish of a person by hand moves no ref, and neither does a retry.
 */
export async function ledDeployments(
  tx: Transaction<Tables>,
  incoming: readonly IncomingDelivery[],
  { firsts, isKnownByBody }: { readonly firsts: readonly string[]; readonly isKnownByBody: boolean },
): Promise<LedDeployments> {
  const ledByKey = new Map<string, Led>();
  const entries = new Map<string, QueueEntry>();
  const swept = await loadSwept(tx, incoming);
  if (firsts.length + swept.length === 0) return { ledByKey, entries };
  const list = idsOf(firsts);
  // Whether the ref has moved since says something of equal bytes only: the same id is the same push whatever came later.
  const byBody = sql.lit(isKnownByBody ? 1 : 0);
  // A redelivery under the id of the first, as a replay is one, says nothing of where the ref points: its push is the first one.
  const { rows } = await sql<LedRow>`
    with recursive decided as (
      select event.id as event_id, coalesce(event.redelivery_of, event.id) as first, decision.fraise, decision.environment,
             decision.job, decision.ref, decision.revision as pushed, decision.deployment_id as deployment,
             case when decision.decision = 'queued' and (event.delivery_id is null or event.delivery_id is distinct from original.delivery_id)
                  then 1 else 0 end as is_push
      from tb_webhook_event event
      join tb_webhook_decision decision on decision.event_id = event.id
      left join tb_webhook_event original on original.id = event.redelivery_of
      where (event.id in (${list}) or event.redelivery_of in (${list})) and decision.deployment_id is not null
      union all
      select '', 'sweep ' || ${fullRefOf("found")} || ' ' || coalesce(found.previous_pushed, ''), found.fraise, found.environment,
             found.job, ${fullRefOf("found")}, found.revision, found.id, 1
      from tb_deployment found where found.id in (${idsOf(swept)})
    ), followed (deployment, id, next) as (
      select decided.deployment, each.id, ${successorOf("each")} from decided join tb_deployment each on each.id = decided.deployment
      union
      select followed.deployment, each.id, ${successorOf("each")} from followed join tb_deployment each on each.id = followed.next
    )
    select decided.first, decided.fraise, decided.environment, decided.job, decided.pushed, decided.deployment, decided.is_push,
           last.id, last.revision, last.status,
           exists (select 1 from tb_rollback back
                   where back.fraise = last.fraise and back.environment = last.environment and back.job = last.job
                     and back.id > last.id and back.from_revision = last.revision and back.status = 'succeeded' and back.automatic = 0) as is_taken_back,
           (${byBody} = 1 or decided.event_id = '') and (
             exists (select 1 from tb_deployment later
                     where later.fraise = decided.fraise and later.environment = decided.environment and later.job = decided.job
                       and later.id > decided.deployment and later.revision <> decided.pushed
                       and later.trigger in ('delivery', 'sweep') and later.retry_of is null
                       and decided.ref = ${fullRefOf("later")})
             or exists (select 1 from tb_webhook_decision later join tb_webhook_event push on push.id = later.event_id
                        where later.fraise = decided.fraise and later.environment = decided.environment and later.job = decided.job
                          and later.event_id > coalesce(nullif(decided.event_id, ''), decided.deployment)
                          and later.revision <> '' and later.revision <> decided.pushed and later.ref = decided.ref
                          and push.redelivery_of is null and push.event_name <> 'sweep')
           ) as is_moved
    from decided
    join followed on followed.deployment = decided.deployment and followed.next is null
    join tb_deployment last on last.id = followed.id
    order by decided.event_id, decided.deployment`.execute(tx);
  for (const row of rows) {
    entries.set(row.id, {
      id: row.id,
      revision: row.revision,
      status: row.status,
      isTakenBack: row.status === "succeeded" && Boolean(row.is_taken_back),
    });
    const key = ledKey(row.first, row, row.pushed);
    const before = row.is_push === 1 ? undefined : ledByKey.get(key);
    ledByKey.set(key, {
      deployment: row.deployment,
      isMoved: Boolean(row.is_moved),
      moves: 0,
      ...before,
      last: row.id,
    });
  }
  return { ledByKey, entries };
}

/** The deployments by which sweeps answered pushes to the revisions that are delivered now. */
async function loadSwept(tx: Transaction<Tables>, incoming: readonly IncomingDelivery[]): Promise<readonly string[]> {
  const revisions = new Set<string>();
  for (const { sweptAt, proposals } of incoming)
    for (const proposal of proposals)
      if (sweptAt === undefined && proposal.kind === "wish") revisions.add(proposal.wanted.revision);
  if (revisions.size === 0) return [];
  const rows = await sweptTo(tx, { revisions: [...revisions] });
  return rows.map(({ id }) => id);
}

const sweptTo = prepared((db, { list }: Places<{ revisions: readonly string[] }>) =>
  db
    .selectFrom("tb_deployment")
    .select("id")
    .where("revision", "in", list("revisions"))
    // Written out, not bound: only then does SQLite see that the partial index serves.
    .where("trigger", "=", sql.lit("sweep" as const))
    .where("retry_of", "is", null),
);

/** The deployment that took the place of one that waited, or else the newest one that tries a failed one again; null if there is none. */
function successorOf(name: string): RawBuilder<unknown> {
  const each = sql.ref(name);
  return sql`coalesce(${each}.superseded_by, case when ${each}.status in ('failed', 'rolled_back') then (
      select max(retry.id) from tb_deployment retry
      where retry.fraise = ${each}.fraise and retry.environment = ${each}.environment and retry.job = ${each}.job
        and retry.id > ${each}.id and retry.retry_of = coalesce(${each}.retry_of, ${each}.id)) end)`;
}

function fullRefOf(name: string): RawBuilder<string> {
  const each = sql.ref(name);
  return sql`case ${each}.ref_kind when 'branch' then 'refs/heads/' else 'refs/tags/' end || ${each}.ref_name`;
}

/** The key of what a delivery led to for one target. */
export function ledKey(first: string, target: TargetKey, revision: string): string {
  return `${first} ${targetName(target)} ${revision}`;
}

/** The key of the deployment by which a sweep answered a push. The revisions between which a push moved its ref say which push it is. */
export function sweptKey(target: TargetKey, { ref, previous, revision }: Wanted): string {
  return ledKey(`sweep ${refText(ref)} ${previous ?? ""}`, target, revision);
}
