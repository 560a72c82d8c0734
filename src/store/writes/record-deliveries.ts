import type { Insertable } from "kysely";
import { sql } from "kysely";
import type { IncomingDelivery, Proposal, RecordedDecision, RecordedDelivery, Wanted } from "../../domain/decision.ts";
import { SWEPT_TOO_LATE, decide } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import { newId } from "../../domain/id.ts";
import type { StoreContext } from "../store-context.ts";
import { insertRows } from "./insert-rows.ts";
import { knownDeliveries } from "./known-deliveries.ts";
import type { KnownDeliveries, Match } from "./known-deliveries.ts";
import type { Led } from "./led-deployments.ts";
import { QueueBoard } from "./queue-board.ts";
import type { WebhookDecisionTable, WebhookEventTable } from "../tables.ts";
import { refText } from "./ref-text.ts";
import type { SerialTransaction } from "./serially.ts";
import { serially } from "./serially.ts";

/**
 * Stores deliveries, decides each wish against the queue, and queues what follows from it: all in one transaction with one fsync, however
 * many deliveries share it. When it resolves, everything is durable. A constant number of statements, not one per delivery.
 * @param beforeCommit throws if nothing of it may be recorded any more.
 */
export async function recordDeliveries(
  { db }: StoreContext,
  deliveries: readonly IncomingDelivery[],
  beforeCommit: () => void = () => {},
): Promise<readonly RecordedDelivery[]> {
  return await serially(db, async (tx) => {
    const recorded = await recordIn(tx, deliveries);
    beforeCommit();
    return recorded;
  });
}

/** Rows of requests that nobody signed. Each takes less than 1 KB, so that strangers can use up 10 MB and no more. */
const KEPT_UNPROVEN = 10_000;

/** Records deliveries as part of its caller's transaction. */
export async function recordIn(
  tx: SerialTransaction,
  deliveries: readonly IncomingDelivery[],
): Promise<readonly RecordedDelivery[]> {
  const known = await knownDeliveries(tx, deliveries);
  const targets = deliveries.flatMap((delivery) =>
    delivery.proposals.flatMap((proposal) => (proposal.kind === "wish" ? [proposal.target] : [])),
  );
  const board = await QueueBoard.load(tx, targets);
  const newest = await newestDeployments(tx, deliveries);
  const recorded = deliveries.map((delivery) => decideDelivery(delivery, known, board, newest));
  await insertEvents(tx, deliveries, recorded);
  await board.save(tx, deliveries[0]?.receivedAt ?? new Date().toISOString());
  await insertDecisions(tx, deliveries, recorded);
  if (deliveries.some(({ verified }) => !verified)) await forgetUnproven(tx);
  return recorded;
}

/** For targets that sweeps have wishes for: when the newest deployment of each was queued. */
async function newestDeployments(
  tx: SerialTransaction,
  deliveries: readonly IncomingDelivery[],
): Promise<ReadonlyMap<string, string>> {
  const newest = new Map<string, string>();
  for (const { sweptAt, proposals } of deliveries) {
    if (sweptAt === undefined) continue;
    for (const proposal of proposals) {
      if (proposal.kind !== "wish") continue;
      const { fraise, environment, job } = proposal.target;
      const row = await tx
        .selectFrom("tb_deployment")
        .select("queued_at")
        .where((where) => where.and({ fraise, environment, job }))
        .orderBy("id", "desc")
        .limit(1)
        .executeTakeFirst();
      if (row !== undefined) newest.set(targetName(proposal.target), row.queued_at);
    }
  }
  return newest;
}

function decideDelivery(
  delivery: IncomingDelivery,
  known: KnownDeliveries,
  board: QueueBoard,
  newest: ReadonlyMap<string, string>,
): RecordedDelivery {
  const match = known.match(delivery);
  const twins = { same: 0, moved: 0 };
  const decisions = delivery.proposals.map((proposal): RecordedDecision => {
    if (proposal.kind === "settled") {
      return { target: proposal.target, decision: proposal.decision, reason: proposal.reason };
    }
    if (delivery.sweptAt !== undefined && (newest.get(targetName(proposal.target)) ?? "") >= delivery.sweptAt) {
      return { target: proposal.target, decision: "skipped", reason: SWEPT_TOO_LATE };
    }
    const led = ledTo(delivery, match, proposal, known);
    const isNew = led !== undefined && match?.by !== "id" && known.isMoved(led, proposal);
    if (led !== undefined) twins[isNew ? "moved" : "same"] += 1;
    // A superseded deployment was replaced, not lost: the one that took its place says how the push fared.
    const earlier = led === undefined || isNew ? undefined : (board.entry(led.last) ?? known.entry(led.last));
    const verdict = decide(
      proposal.wanted,
      board.situation(proposal.target),
      earlier && { ...earlier, isFoundBySweep: match === undefined },
    );
    if (verdict.decision !== "queued") return { target: proposal.target, ...verdict };
    const deployment = board.enqueue(
      newId(),
      proposal.target,
      delivery.sweptAt === undefined ? "delivery" : "sweep",
      proposal.wanted,
    );
    return { target: proposal.target, ...verdict, deployment };
  });
  const redeliveryOf = twins.moved > 0 && twins.same === 0 ? undefined : match?.first;
  known.add(delivery, redeliveryOf, decisions);
  return { id: delivery.id, redeliveryOf, decisions };
}

/** The deployment of an earlier delivery of the same push, or of the sweep that found the push before its first delivery came. */
function ledTo(
  delivery: IncomingDelivery,
  match: Match | undefined,
  { target, wanted }: Extract<Proposal, { kind: "wish" }>,
  known: KnownDeliveries,
): Led | undefined {
  if (match !== undefined) return known.ledTo(match.first, target, wanted.revision);
  return delivery.sweptAt === undefined ? known.foundBySweep(target, wanted) : undefined;
}

async function insertEvents(
  tx: SerialTransaction,
  deliveries: readonly IncomingDelivery[],
  recorded: readonly RecordedDelivery[],
): Promise<void> {
  const rows = deliveries.map((delivery, index): Insertable<WebhookEventTable> => {
    const outcome = recorded[index];
    const summary =
      delivery.refusal === undefined
        ? summarise(outcome?.decisions ?? [])
        : { decision: "refused", reason: delivery.refusal };
    return {
      id: delivery.id,
      received_at: delivery.receivedAt,
      forge: delivery.forge,
      delivery_id: delivery.deliveryId ?? null,
      event_name: delivery.eventName,
      repository: delivery.repository,
      claimed_repository: delivery.claimedRepository ?? "",
      remote_address: delivery.remoteAddress,
      headers: delivery.headers,
      body: delivery.body ?? null,
      body_bytes: delivery.bodyBytes,
      body_sha256: delivery.bodySha256 ?? null,
      verified: delivery.verified ? 1 : 0,
      proof: delivery.proof?.kind ?? "",
      proof_secret: delivery.proof?.secret ?? null,
      proof_key: delivery.proof?.key ?? "",
      http_status: delivery.httpStatus,
      decision: summary.decision,
      reason: summary.reason,
      redelivery_of: outcome?.redeliveryOf ?? null,
    };
  });
  await insertRows(tx, "tb_webhook_event", rows);
}

/** The row's own word for all its decisions: the one that did most. */
function summarise(decisions: readonly RecordedDecision[]): { decision: string; reason: string } {
  for (const word of ["queued", "redelivery", "held", "skipped", "asked", "ignored"] as const) {
    const found = decisions.find((each) => each.decision === word);
    if (found !== undefined) return found;
  }
  return { decision: "ignored", reason: "the delivery names nothing to deploy" };
}

async function insertDecisions(
  tx: SerialTransaction,
  deliveries: readonly IncomingDelivery[],
  recorded: readonly RecordedDelivery[],
): Promise<void> {
  const rows = recorded.flatMap(({ id, decisions }, index) =>
    decisions.map((each, sequence): Insertable<WebhookDecisionTable> => {
      const proposal = deliveries[index]?.proposals[sequence];
      const what: Pick<Wanted, "ref" | "revision"> | undefined = proposal?.kind === "wish" ? proposal.wanted : proposal;
      return {
        event_id: id,
        sequence,
        fraise: each.target?.fraise ?? "",
        environment: each.target?.environment ?? "",
        job: each.target?.job ?? "",
        ref: refText(what?.ref),
        revision: what?.revision ?? "",
        decision: each.decision,
        reason: each.reason,
        deployment_id: each.deployment ?? null,
      };
    }),
  );
  await insertRows(tx, "tb_webhook_decision", rows);
}

/** The newest of them stay, whatever else is in the store: no other row makes room for them. */
async function forgetUnproven(tx: SerialTransaction): Promise<void> {
  await sql`delete from tb_webhook_event where verified = 0 and id <= (
    select id from tb_webhook_event where verified = 0 order by id desc limit 1 offset ${KEPT_UNPROVEN})`.execute(tx);
}
