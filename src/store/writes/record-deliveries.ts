import type { Insertable } from "kysely";
import { sql } from "kysely";
import type {
  IncomingDelivery,
  QueueEntry,
  RecordedDecision,
  RecordedDelivery,
  Wanted,
} from "../../domain/decision.ts";
import { SWEPT_TOO_LATE, decide } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import { newId } from "../../domain/id.ts";
import { withNulls } from "../../domain/with-nulls.ts";
import type { StoreContext } from "../store-context.ts";
import { insertRows } from "./insert-rows.ts";
import { knownDeliveries } from "./known-deliveries.ts";
import type { KnownDeliveries, Match, Wish } from "./known-deliveries.ts";
import { mustLead } from "./must-lead.ts";
import type { Led } from "./led-deployments.ts";
import { placementsOf } from "./placements-of.ts";
import type { PlacementOf } from "./placements-of.ts";
import { QueueBoard } from "./queue-board.ts";
import type { WebhookDecisionTable, WebhookEventTable } from "../tables/delivery-tables.ts";
import { refText } from "./ref-text.ts";
import type { SerialTransaction } from "./serially.ts";
import { serially } from "./serially.ts";

/**
 * Stores deliveries, decides each wish against the queue, and queues what follows from it: all in one transaction with one fsync, however
 * many deliveries share it. When it resolves, everything is durable. A constant number of statements, not one per delivery.
 * @param beforeCommit throws if nothing of it may be recorded any more.
 */
export async function recordDeliveries(
  { db, host, term }: StoreContext,
  deliveries: readonly IncomingDelivery[],
  beforeCommit: () => void = () => {},
): Promise<readonly RecordedDelivery[]> {
  return await serially(db, async (tx) => {
    await mustLead(tx, term);
    const recorded = await recordIn(tx, host, deliveries);
    beforeCommit();
    return recorded;
  });
}

/** Rows of requests that nobody signed. Each takes less than 1 KB, so that strangers can use up 10 MB and no more. */
const KEPT_UNPROVEN = 10_000;

/** Records deliveries as part of its caller's transaction. */
export async function recordIn(
  tx: SerialTransaction,
  host: string,
  deliveries: readonly IncomingDelivery[],
): Promise<readonly RecordedDelivery[]> {
  const known = await knownDeliveries(tx, deliveries);
  const targets = deliveries.flatMap((delivery) =>
    delivery.proposals.flatMap((proposal) => (proposal.kind === "wish" ? [proposal.target] : [])),
  );
  const placementOf = await placementsOf(tx, host, targets);
  const queue = { board: await QueueBoard.load(tx, targets.map(placementOf)), placementOf };
  const newest = await newestDeployments(tx, deliveries);
  const recorded = deliveries.map((delivery) => decideDelivery(delivery, known, queue, newest));
  await insertEvents(tx, deliveries, recorded);
  await queue.board.save(tx, deliveries[0]?.receivedAt ?? new Date().toISOString());
  await insertDecisions(tx, deliveries, recorded);
  if (deliveries.some(({ verified }) => !verified)) await forgetUnproven(tx);
  return recorded;
}

/** The queue of the targets that deliveries name, and the hosts of these targets. */
interface Queue {
  readonly board: QueueBoard;
  readonly placementOf: PlacementOf;
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
  queue: Queue,
  newest: ReadonlyMap<string, string>,
): RecordedDelivery {
  const match = known.match(delivery);
  const twins = { same: 0, moved: 0 };
  const decisions = delivery.proposals.map((proposal): RecordedDecision => {
    const { target } = proposal;
    if (proposal.kind === "settled") return { target, decision: proposal.decision, reason: proposal.reason };
    if (delivery.sweptAt !== undefined && (newest.get(targetName(proposal.target)) ?? "") >= delivery.sweptAt) {
      return { target, decision: "skipped", reason: SWEPT_TOO_LATE };
    }
    const twin = twinOf(delivery, match, proposal, known);
    if (twin !== undefined) twins[twin.isMoved ? "moved" : "same"] += 1;
    const earlier = twin?.isMoved === false ? (queue.board.entry(twin.last) ?? known.entry(twin.last)) : undefined;
    return decideWish(delivery, proposal, queue, earlier && { ...earlier, isFoundBySweep: match === undefined });
  });
  const redeliveryOf = twins.moved > 0 && twins.same === 0 ? undefined : match?.first;
  known.add(delivery, redeliveryOf, decisions);
  return { id: delivery.id, redeliveryOf, decisions };
}

/** Decides a wish against the queue, and puts it there if it leads to a deployment. */
function decideWish(
  { sweptAt }: IncomingDelivery,
  { target, wanted }: Wish,
  { board, placementOf }: Queue,
  earlier: QueueEntry | undefined,
): RecordedDecision {
  const place = placementOf(target);
  const verdict = decide(wanted, board.situation(place), earlier);
  if (verdict.decision !== "queued") return { target, ...verdict };
  const trigger = sweptAt === undefined ? "delivery" : "sweep";
  return { target, ...verdict, deployment: board.enqueue(newId(), place, trigger, wanted) };
}

/** An earlier delivery of the same bytes, or the sweep that found the push before its first delivery came. */
interface Twin {
  /** The deployment that says how the push fared. A superseded one was replaced, not lost: this is the one that took its place. */
  readonly last: string;
  /** The ref was moved elsewhere since, so that this delivery is a new push. */
  readonly isMoved: boolean;
}

function twinOf(
  delivery: IncomingDelivery,
  match: Match | undefined,
  wish: Wish,
  known: KnownDeliveries,
): Twin | undefined {
  const led = ledTo(delivery, match, wish, known);
  return led && { last: led.last, isMoved: match?.by !== "id" && known.isMoved(led, wish) };
}

function ledTo(
  delivery: IncomingDelivery,
  match: Match | undefined,
  { target, wanted }: Wish,
  known: KnownDeliveries,
): Led | undefined {
  if (match !== undefined) return known.ledTo(match.first, target, wanted.revision);
  return delivery.sweptAt === undefined ? known.foundBySweep(target, wanted) : undefined;
}

const UNDECIDED = { decisions: [], redeliveryOf: undefined };

async function insertEvents(
  tx: SerialTransaction,
  deliveries: readonly IncomingDelivery[],
  recorded: readonly RecordedDelivery[],
): Promise<void> {
  const rows = deliveries.map((delivery, index) => eventRow(delivery, recorded[index] ?? UNDECIDED));
  await insertRows(tx, "tb_webhook_event", rows);
}

function eventRow(
  delivery: IncomingDelivery,
  { decisions, redeliveryOf }: Pick<RecordedDelivery, "decisions" | "redeliveryOf">,
): Insertable<WebhookEventTable> {
  const { refusal, proof } = delivery;
  const summary = refusal === undefined ? summarise(decisions) : { decision: "refused", reason: refusal };
  return withNulls({
    id: delivery.id,
    received_at: delivery.receivedAt,
    forge: delivery.forge,
    delivery_id: delivery.deliveryId,
    event_name: delivery.eventName,
    repository: delivery.repository,
    claimed_repository: delivery.claimedRepository ?? "",
    remote_address: delivery.remoteAddress,
    headers: delivery.headers,
    body: delivery.body,
    body_bytes: delivery.bodyBytes,
    body_sha256: delivery.bodySha256,
    verified: delivery.verified ? 1 : 0,
    proof: proof?.kind ?? "",
    proof_secret: proof?.secret,
    proof_key: proof?.key ?? "",
    http_status: delivery.httpStatus,
    decision: summary.decision,
    reason: summary.reason,
    redelivery_of: redeliveryOf,
  });
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
      const { fraise, environment, job } = each.target ?? { fraise: "", environment: "", job: "" };
      const proposal = deliveries[index]?.proposals[sequence];
      const what: Pick<Wanted, "ref" | "revision"> | undefined = proposal?.kind === "wish" ? proposal.wanted : proposal;
      return {
        event_id: id,
        sequence,
        fraise,
        environment,
        job,
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
