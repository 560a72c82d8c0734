import type { TargetKey } from "../../domain/fraise.ts";
import type { StoredDecision, StoredDelivery } from "../../domain/stored-delivery.ts";
import type { StoreContext } from "../store-context.ts";
import { storedDecisionOf, storedDeliveryOf } from "../stored-delivery-of.ts";

export interface DeliveryHistoryEntry extends StoredDelivery {
  readonly decisions: readonly StoredDecision[];
}

export interface DeliveryFilter {
  readonly limit: number;
  /** Only deliveries older than this one: the next page. */
  readonly before?: string;
  readonly decision?: string;
  /** The name of the forge in fraises.yaml. */
  readonly forge?: string;
  /** Only deliveries of which a push concerned one of these targets. */
  readonly targets?: readonly TargetKey[];
}

/** Deliveries, newest first, each with what was decided. */
export async function deliveryHistory(
  context: StoreContext,
  filter: DeliveryFilter,
): Promise<readonly DeliveryHistoryEntry[]> {
  const { db } = context;
  const { targets } = filter;
  let query = db.selectFrom("v_webhook_event_history").selectAll().orderBy("id", "desc").limit(filter.limit);
  if (targets !== undefined) query = query.where("id", "in", await newestOf(context, filter, targets));
  if (filter.before !== undefined) query = query.where("id", "<", filter.before);
  if (filter.decision !== undefined) query = query.where("decision", "=", filter.decision);
  if (filter.forge !== undefined) query = query.where("forge", "=", filter.forge);
  const events = await query.execute();
  if (events.length === 0) return [];
  const decisions = await db
    .selectFrom("tb_webhook_decision")
    .selectAll()
    .where(
      "event_id",
      "in",
      events.map((event) => event.id),
    )
    .orderBy("event_id")
    .orderBy("sequence")
    .execute();
  const byDelivery = Map.groupBy(decisions.map(storedDecisionOf), ({ delivery }) => delivery);
  return events.map((event) => ({ ...storedDeliveryOf(event), decisions: byDelivery.get(event.id) ?? [] }));
}

/** The ids of the newest deliveries that concern these targets. The targets are read one by one: each is a walk along the index, which a sort over all would not be. */
async function newestOf(
  { db }: StoreContext,
  { before, decision, forge, limit }: DeliveryFilter,
  targets: readonly TargetKey[],
): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const { fraise, environment, job } of targets) {
    let query = db
      .selectFrom("tb_webhook_decision as decided")
      .innerJoin("tb_webhook_event as delivery", "delivery.id", "decided.event_id")
      .select("decided.event_id")
      .where((where) => where.and({ "decided.fraise": fraise, "decided.environment": environment, "decided.job": job }))
      .where("decided.revision", "<>", "")
      .orderBy("decided.event_id", "desc")
      .limit(limit);
    if (before !== undefined) query = query.where("decided.event_id", "<", before);
    if (decision !== undefined) query = query.where("delivery.decision", "=", decision);
    if (forge !== undefined) query = query.where("delivery.forge", "=", forge);
    for (const { event_id: id } of await query.execute()) ids.add(id);
  }
  return [...ids].toSorted().toReversed().slice(0, limit);
}
