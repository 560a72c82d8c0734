import type { Transaction } from "kysely";
import type { IncomingDelivery, QueueEntry, RecordedDecision } from "../../domain/decision.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Tables } from "../tables.ts";

/** Which of the incoming deliveries were here before, and what they led to. Learns the ones it is told of, so that twins in one batch meet. */
export interface KnownDeliveries {
  /** The id of the first delivery of the same push. */
  firstOf(delivery: IncomingDelivery): string | undefined;
  /** The newest deployment that the first delivery or a redelivery of it led to, superseded ones followed to their end. */
  deploymentOf(first: string, target: TargetKey, revision: string): string | undefined;
  entry(deployment: string): QueueEntry | undefined;
  add(delivery: IncomingDelivery, first: string | undefined, decisions: readonly RecordedDecision[]): void;
}

export async function knownDeliveries(
  tx: Transaction<Tables>,
  incoming: readonly IncomingDelivery[],
): Promise<KnownDeliveries> {
  const firstByKey = new Map<string, string>();
  const deploymentByKey = new Map<string, string>();
  const entries = new Map<string, QueueEntry>();
  await loadFirsts(tx, incoming, firstByKey);
  await loadDeployments(tx, [...new Set(firstByKey.values())], deploymentByKey, entries);
  const firstOf = (delivery: IncomingDelivery): string | undefined => {
    for (const key of keysOf(delivery)) {
      const first = firstByKey.get(key);
      if (first !== undefined) return first;
    }
    return undefined;
  };
  return {
    firstOf,
    deploymentOf: (first, target, revision) => deploymentByKey.get(deploymentKey(first, target, revision)),
    entry: (deployment) => entries.get(deployment),
    add(delivery, first, decisions) {
      for (const key of keysOf(delivery)) if (!firstByKey.has(key)) firstByKey.set(key, first ?? delivery.id);
      for (const [index, { target, deployment }] of decisions.entries()) {
        const proposal = delivery.proposals[index];
        if (target === undefined || deployment === undefined || proposal?.kind !== "wish") continue;
        deploymentByKey.set(deploymentKey(first ?? delivery.id, target, proposal.wanted.revision), deployment);
      }
    },
  };
}

/** The same id, or the same bytes under a new id (Gitea's "Redeliver"). Only authentic deliveries are remembered. */
function keysOf({ forge, verified, deliveryId, bodySha256 }: IncomingDelivery): string[] {
  if (!verified) return [];
  const keys: string[] = [];
  if (deliveryId !== undefined) keys.push(`${forge} id ${deliveryId}`);
  if (bodySha256 !== undefined) keys.push(`${forge} body ${bodySha256}`);
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
      .select(["id", "forge", "delivery_id", "redelivery_of"])
      .where("verified", "=", 1)
      .where("delivery_id", "in", ids)
      .execute();
    for (const row of rows) firsts.set(`${row.forge} id ${row.delivery_id}`, row.redelivery_of ?? row.id);
  }
  if (hashes.length > 0) {
    const rows = await tx
      .selectFrom("tb_webhook_event")
      .select(["id", "forge", "body_sha256", "redelivery_of"])
      .where("verified", "=", 1)
      .where("body_sha256", "in", hashes)
      .execute();
    for (const row of rows) firsts.set(`${row.forge} body ${row.body_sha256}`, row.redelivery_of ?? row.id);
  }
}

async function loadDeployments(
  tx: Transaction<Tables>,
  firsts: readonly string[],
  deployments: Map<string, string>,
  entries: Map<string, QueueEntry>,
): Promise<void> {
  if (firsts.length === 0) return;
  const decided = await tx
    .selectFrom("tb_webhook_decision as decision")
    .innerJoin("tb_webhook_event as event", "event.id", "decision.event_id")
    .select([
      "event.id",
      "event.redelivery_of",
      "decision.fraise",
      "decision.environment",
      "decision.job",
      "decision.revision",
    ])
    .select("decision.deployment_id")
    .where((where) => where.or([where("event.id", "in", firsts), where("event.redelivery_of", "in", firsts)]))
    .where("decision.deployment_id", "is not", null)
    .orderBy("event.id")
    .execute();
  for (const row of decided) {
    if (row.deployment_id === null) continue;
    const last = await followSuperseded(tx, row.deployment_id, entries);
    deployments.set(deploymentKey(row.redelivery_of ?? row.id, row, row.revision), last);
  }
}

async function followSuperseded(
  tx: Transaction<Tables>,
  from: string,
  entries: Map<string, QueueEntry>,
): Promise<string> {
  for (let id = from; ;) {
    const row = await tx
      .selectFrom("tb_deployment")
      .select(["id", "revision", "previous_pushed", "status", "superseded_by"])
      .select(({ exists, selectFrom }) =>
        exists(
          selectFrom("tb_rollback as back")
            .select("back.id")
            .whereRef("back.fraise", "=", "tb_deployment.fraise")
            .whereRef("back.environment", "=", "tb_deployment.environment")
            .whereRef("back.job", "=", "tb_deployment.job")
            .whereRef("back.id", ">", "tb_deployment.id")
            .whereRef("back.from_revision", "=", "tb_deployment.revision")
            .where("back.status", "=", "succeeded"),
        ).as("is_taken_back"),
      )
      .where("id", "=", id)
      .executeTakeFirst();
    if (row === undefined) return from;
    if (row.superseded_by === null) {
      entries.set(row.id, {
        id: row.id,
        revision: row.revision,
        previousPushed: row.previous_pushed ?? undefined,
        status: row.status,
        isTakenBack: row.status === "succeeded" && Boolean(row.is_taken_back),
      });
      return row.id;
    }
    id = row.superseded_by;
  }
}

function deploymentKey(first: string, target: TargetKey, revision: string): string {
  return `${first} ${targetName(target)} ${revision}`;
}
