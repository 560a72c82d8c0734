import type { Bind } from "../bind.ts";
import { deliveriesOf } from "../reads/deliveries-of.ts";
import { deliveryDetail } from "../reads/delivery-detail.ts";
import { deliveryHistory } from "../reads/delivery-history.ts";
import { deliverySummary } from "../reads/delivery-summary.ts";
import { findDelivery } from "../reads/find-delivery.ts";
import { recordDeliveries } from "../writes/record-deliveries.ts";
import { recordLateAnswer } from "../writes/record-late-answer.ts";
import { replayDelivery } from "../writes/replay-delivery.ts";

/** Deliveries of forges, and what was decided about them. */
export function storeDeliveries(bind: Bind) {
  return {
    record: bind(recordDeliveries),
    replay: bind(replayDelivery),
    recordLateAnswer: bind(recordLateAnswer),
    history: bind(deliveryHistory),
    detail: bind(deliveryDetail),
    summary: bind(deliverySummary),
    find: bind(findDelivery),
    of: bind(deliveriesOf),
  };
}
