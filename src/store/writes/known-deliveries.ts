import { sql } from "kysely";
import type { IncomingDelivery, Proposal, QueueEntry, RecordedDecision, Wanted } from "../../domain/decision.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Places } from "../prepared.ts";
import { prepared } from "../prepared.ts";
import { startOfId } from "../start-of-id.ts";
import { ledDeployments, ledKey, sweptKey } from "./led-deployments.ts";
import type { Led } from "./led-deployments.ts";
import { refText } from "./ref-text.ts";
import type { SerialTransaction } from "./serially.ts";

/** A push that wants a revision on a target. */
export type Wish = Extract<Proposal, { kind: "wish" }>;

/** An earlier delivery of what may be the same push. */
export interface Match {
  /** The id of the first delivery of that push. */
  readonly first: string;
  /** Equal ids mean the same push; equal bytes mean it only while the ref has not moved since. */
  readonly by: "id" | "body";
}

/**
 * Finds the incoming deliveries that were here before, and the deployments they led to. Learns the deliveries it is told of, so that twins in one batch meet.
 */
export interface KnownDeliveries {
  match(delivery: IncomingDelivery): Match | undefined;
  /** The deployment of a sweep that found a push before its first delivery came. */
  foundBySweep(target: TargetKey, wanted: Wanted): Led | undefined;
  ledTo(first: string, target: TargetKey, revision: string): Led | undefined;
  /** Whether a later push than the one that led to this moved the ref elsewhere. */
  isMoved(led: Led, wish: Wish): boolean;
  entry(deployment: string): QueueEntry | undefined;
  add(delivery: IncomingDelivery, redeliveryOf: string | undefined, decisions: readonly RecordedDecision[]): void;
}

export async function knownDeliveries(
  tx: SerialTransaction,
  incoming: readonly IncomingDelivery[],
): Promise<KnownDeliveries> {
  const firstByKey = new Map<string, string>();
  await loadFirsts(tx, incoming, firstByKey);
  const isKnownByBody = [...firstByKey.keys()].some((key) => key.includes(" body "));
  const firsts = [...new Set(firstByKey.values())];
  const { ledByKey, entries } = await ledDeployments(tx, incoming, { firsts, isKnownByBody });
  const moves: Move[] = [];
  return {
    match(delivery) {
      for (const { by, key } of keysOf(delivery)) {
        const first = firstByKey.get(key);
        if (first !== undefined) return { first, by };
      }
      return undefined;
    },
    foundBySweep: (target, wanted) => ledByKey.get(sweptKey(target, wanted)),
    ledTo: (first, target, revision) => ledByKey.get(ledKey(first, target, revision)),
    isMoved: ({ isMoved, moves: before }, { target, wanted: { ref, revision } }) =>
      isMoved ||
      moves
        .slice(before)
        .some((move) => move.target === targetName(target) && move.revision !== revision && move.ref === refText(ref)),
    entry: (deployment) => entries.get(deployment),
    add(delivery, redeliveryOf, decisions) {
      const first = redeliveryOf ?? delivery.id;
      for (const { key } of keysOf(delivery)) firstByKey.set(key, first);
      for (const [index, { target, decision, deployment }] of decisions.entries()) {
        const proposal = delivery.proposals[index];
        if (target === undefined || proposal?.kind !== "wish") continue;
        const { ref, revision } = proposal.wanted;
        // A sweep that only confirms what is known moves nothing.
        if (decision === "queued" || (redeliveryOf === undefined && delivery.sweptAt === undefined))
          moves.push({ target: targetName(target), ref: refText(ref), revision });
        if (deployment === undefined) continue;
        const key = ledKey(first, target, proposal.wanted.revision);
        const before = decision === "queued" ? undefined : ledByKey.get(key);
        ledByKey.set(key, { deployment, isMoved: false, moves: moves.length, ...before, last: deployment });
      }
    },
  };
}

/** A push of the deliveries that are recorded now, which moved its ref for a target. */
interface Move {
  readonly target: string;
  readonly ref: string;
  readonly revision: string;
}

interface Key {
  readonly by: Match["by"];
  readonly value: string;
  readonly key: string;
}

/** Only authentic deliveries are remembered. A delivery has a hash only if its forge may repeat it under another id. */
function keysOf({ forge, verified, deliveryId, bodySha256 }: IncomingDelivery): readonly Key[] {
  if (!verified) return [];
  const values = [
    ["id", deliveryId],
    ["body", bodySha256],
  ] as const;
  return values.flatMap(([by, value]) => (value === undefined ? [] : [{ by, value, key: keyText(forge, by, value) }]));
}

function keyText(forge: string, by: Match["by"], value: string | null): string {
  return `${forge} ${by} ${value}`;
}

async function loadFirsts(
  tx: SerialTransaction,
  incoming: readonly IncomingDelivery[],
  firsts: Map<string, string>,
): Promise<void> {
  const ids: string[] = [];
  const hashes: string[] = [];
  for (const { by, value } of incoming.flatMap(keysOf)) (by === "id" ? ids : hashes).push(value);
  for (const row of inOrder(ids.length === 0 ? [] : await knownById(tx, { ids, starts: ids.map(startOfId) })))
    firsts.set(keyText(row.forge, "id", row.value), row.redelivery_of ?? row.id);
  for (const row of inOrder(hashes.length === 0 ? [] : await knownByBody(tx, { hashes })))
    firsts.set(keyText(row.forge, "body", row.value), row.redelivery_of ?? row.id);
}

const knownById = prepared((db, { list }: Places<{ ids: readonly string[]; starts: readonly string[] }>) =>
  db
    .selectFrom("tb_webhook_event")
    .select(["id", "forge", "delivery_id as value", "redelivery_of"])
    .where("verified", "=", 1)
    .where("delivery_id", "is not", null)
    .where(sql`substr(delivery_id, 1, 20)`, "in", list("starts"))
    .where("delivery_id", "in", list("ids")),
);

const knownByBody = prepared((db, { list }: Places<{ hashes: readonly string[] }>) =>
  db
    .selectFrom("tb_webhook_event")
    .select(["id", "forge", "body_sha256 as value", "redelivery_of"])
    .where("verified", "=", 1)
    .where("body_sha256", "in", list("hashes")),
);

/** Oldest first: the same bytes may have come for several pushes, and the newest of them counts. */
function inOrder<Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
