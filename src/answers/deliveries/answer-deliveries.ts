import type { TargetKey } from "../../domain/fraise.ts";
import type { Store } from "../../store/store.ts";
import type { DeliveriesDocument } from "../schemas/deliveries-document.ts";
import type { Within } from "../within.ts";
import { decisionsJson, deliveryJson } from "./delivery-json.ts";

export interface DeliveriesQuestion {
  /** Only deliveries with this decision. */
  readonly decision?: string | undefined;
  /** Only deliveries of this forge. */
  readonly forge?: string | undefined;
  /** Only deliveries that concern one of these targets. */
  readonly targets?: readonly TargetKey[] | undefined;
  /** Only deliveries older than this one. */
  readonly before?: string | undefined;
  readonly limit: number;
  readonly within?: Within;
}

/** Deliveries, newest first. An asker who may know of some targets only finds the deliveries that concern them, and pages may be shorter than `limit`. */
export async function answerDeliveries(
  store: Store,
  { decision, forge, targets, before, limit, within }: DeliveriesQuestion,
): Promise<DeliveriesDocument> {
  const rows = await store.deliveries.history({
    // The delivery behind the page says whether there is a next one.
    limit: limit + 1,
    ...(decision === undefined ? {} : { decision }),
    ...(forge === undefined ? {} : { forge }),
    ...(targets === undefined ? {} : { targets }),
    ...(before === undefined ? {} : { before }),
  });
  const page = rows.slice(0, limit);
  const deliveries = page.map((row) => ({ ...deliveryJson(row), decisions: decisionsJson(row.decisions, within) }));
  return {
    version: 1,
    deliveries: within === undefined ? deliveries : deliveries.filter(({ decisions }) => decisions.length > 0),
    next: (rows.length > limit ? page.at(-1)?.id : undefined) ?? null,
  };
}
