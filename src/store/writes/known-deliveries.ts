import type { RawBuilder, Transaction } from "kysely";
import { sql } from "kysely";
import type { IncomingDelivery, QueueEntry, RecordedDecision } from "../../domain/decision.ts";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Tables } from "../tables.ts";

/** An earlier delivery of what may be the same push. */
export interface Match {
  /** The id of the first delivery of that push. */
  readonly first: string;
  /** Equal ids mean the same push; equal bytes mean it only while the ref has not moved since. */
  readonly by: "id" | "body";
}

/** The deployment that an earlier delivery led to for one target. */
export interface Led {
  /** The deployment that the push itself led to. A redelivery that only names another deployment is no push. */
  readonly deployment: string;
  /** The deployment that stands for the push now: the newest one, followed through replacements and retries to its end. */
  readonly last: string;
  /** A later push than this one moved the ref for this target. */
  readonly isMoved: boolean;
}

/**
 * Finds the incoming deliveries that were here before, and the deployments they led to. Learns the deliveries it is told of, so that twins in one batch meet.
 */
export interface KnownDeliveries {
  match(delivery: IncomingDelivery): Match | undefined;
  ledTo(first: string, target: TargetKey, revision: string): Led | undefined;
  entry(deployment: string): QueueEntry | undefined;
  add(delivery: IncomingDelivery, redeliveryOf: string | undefined, decisions: readonly RecordedDecision[]): void;
}

export async function knownDeliveries(
  tx: Transaction<Tables>,
  incoming: readonly IncomingDelivery[],
): Promise<KnownDeliveries> {
  const firstByKey = new Map<string, string>();
  const ledByKey = new Map<string, Led>();
  const entries = new Map<string, QueueEntry>();
  await loadFirsts(tx, incoming, firstByKey);
  const isKnownByBody = [...firstByKey.keys()].some((key) => key.includes(" body "));
  await loadDeployments(tx, [...new Set(firstByKey.values())], isKnownByBody, ledByKey, entries);
  return {
    match(delivery) {
      for (const { by, key } of keysOf(delivery)) {
        const first = firstByKey.get(key);
        if (first !== undefined) return { first, by };
      }
      return undefined;
    },
    ledTo: (first, target, revision) => ledByKey.get(ledKey(first, target, revision)),
    entry: (deployment) => entries.get(deployment),
    add(delivery, redeliveryOf, decisions) {
      const first = redeliveryOf ?? delivery.id;
      for (const { key } of keysOf(delivery)) firstByKey.set(key, first);
      for (const [index, { target, decision, deployment }] of decisions.entries()) {
        const proposal = delivery.proposals[index];
        if (target === undefined || deployment === undefined || proposal?.kind !== "wish") continue;
        const key = ledKey(first, target, proposal.wanted.revision);
        const before = decision === "queued" ? undefined : ledByKey.get(key);
        ledByKey.set(key, { deployment, isMoved: false, ...before, last: deployment });
      }
    },
  };
}

/** Only authentic deliveries are remembered. A delivery has a hash only if its forge may repeat it under another id. */
function keysOf({ forge, verified, deliveryId, bodySha256 }: IncomingDelivery): { by: Match["by"]; key: string }[] {
  if (!verified) return [];
  const keys: { by: Match["by"]; key: string }[] = [];
  if (deliveryId !== undefined) keys.push({ by: "id", key: `${forge} id ${deliveryId}` });
  if (bodySha256 !== undefined) keys.push({ by: "body", key: `${forge} body ${bodySha256}` });
  return keys;
}

async function loadFirsts(
  tx: Transaction<Tables>,
  incoming: readonly IncomingDelivery[],
  firsts: Map<string, string>,
): Promise<void> {
  const verified = incoming.filter((delivery) => delivery.verified);
  const ids = verified.flatMap(({ deliveryId }) => deliveryId ?? []);
  const hashes = verified.flatMap(({ bodySha256 }) => bodySha256 ?? []);
  if (ids.length > 0) {
    const rows = await tx
      .selectFrom("tb_webhook_event")
      .select(["id", "forge", "delivery_id as key", "redelivery_of"])
      .where("verified", "=", 1)
      .where("delivery_id", "in", ids)
      .execute();
    for (const row of inOrder(rows)) firsts.set(`${row.forge} id ${row.key}`, row.redelivery_of ?? row.id);
  }
  if (hashes.length > 0) {
    const rows = await tx
      .selectFrom("tb_webhook_event")
      .select(["id", "forge", "body_sha256 as key", "redelivery_of"])
      .where("verified", "=", 1)
      .where("body_sha256", "in", hashes)
      .execute();
    for (const row of inOrder(rows)) firsts.set(`${row.forge} body ${row.key}`, row.redelivery_of ?? row.id);
  }
}

/** Oldest first: the same bytes may have come for several pushes, and the newest of them counts. */
function inOrder<Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
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

/** A single statement, however many targets a delivery was for. A wish of a person by hand moves no ref. */
async function loadDeployments(
  tx: Transaction<Tables>,
  firsts: readonly string[],
  isKnownByBody: boolean,
  led: Map<string, Led>,
  entries: Map<string, QueueEntry>,
): Promise<void> {
  if (firsts.length === 0) return;
  const list = sql.join(firsts);
  // Whether the ref has moved since says something of equal bytes only: the same id is the same push whatever came later.
  const byBody = sql.lit(isKnownByBody ? 1 : 0);
  // A redelivery under the id of the first, as a replay is one, says nothing of where the ref points: its push is the first one.
  const { rows } = await sql<LedRow>`
    with recursive decided as (
      select event.id as event_id, coalesce(event.redelivery_of, event.id) as first, decision.fraise, decision.environment,
             decision.job, decision.ref, decision.revision as pushed, decision.deployment_id as deployment,
             decision.decision = 'queued' and (event.delivery_id is null or event.delivery_id is not original.delivery_id) as is_push
      from tb_webhook_event event
      join tb_webhook_decision decision on decision.event_id = event.id
      left join tb_webhook_event original on original.id = event.redelivery_of
      where (event.id in (${list}) or event.redelivery_of in (${list})) and decision.deployment_id is not null
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
           ${byBody} and exists (select 1 from tb_deployment later
                   where later.fraise = decided.fraise and later.environment = decided.environment and later.job = decided.job
                     and later.id > decided.deployment and later.revision <> decided.pushed
                     and later.trigger in ('delivery', 'sweep')
                     and decided.ref = case later.ref_kind when 'branch' then 'refs/heads/' else 'refs/tags/' end || later.ref_name
                  ) as is_moved
    from decided
    join followed on followed.deployment = decided.deployment and followed.next is null
    join tb_deployment last on last.id = followed.id
    order by decided.event_id`.execute(tx);
  for (const row of rows) {
    entries.set(row.id, {
      id: row.id,
      revision: row.revision,
      status: row.status,
      isTakenBack: row.status === "succeeded" && Boolean(row.is_taken_back),
    });
    const key = ledKey(row.first, row, row.pushed);
    const before = row.is_push === 1 ? undefined : led.get(key);
    led.set(key, { deployment: row.deployment, isMoved: Boolean(row.is_moved), ...before, last: row.id });
  }
}

/** The deployment that took the place of one that waited, or else the newest one that tries a failed one again; null if there is none. */
function successorOf(name: string): RawBuilder<unknown> {
  const each = sql.ref(name);
  return sql`coalesce(${each}.superseded_by, case when ${each}.status in ('failed', 'rolled_back') then (
      select max(retry.id) from tb_deployment retry
      where retry.fraise = ${each}.fraise and retry.environment = ${each}.environment and retry.job = ${each}.job
        and retry.id > ${each}.id and retry.retry_of = coalesce(${each}.retry_of, ${each}.id)) end)`;
}

function ledKey(first: string, target: TargetKey, revision: string): string {
  return `${first} ${targetName(target)} ${revision}`;
}
