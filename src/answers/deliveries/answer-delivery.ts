import type { Store } from "../../store/store.ts";
import type { DeliveryDocument } from "../schemas/delivery-document.ts";
import type { Within } from "../within.ts";
import { decisionsJson, deliveryJson } from "./delivery-json.ts";

/** A delivery with headers, body and decisions; undefined if the asker may not know of it, or if it is not on record. */
export async function answerDelivery(store: Store, id: string, within: Within): Promise<DeliveryDocument | undefined> {
  const detail = await store.deliveries.detail(id);
  if (detail === undefined) return undefined;
  const { event } = detail;
  const decisions = decisionsJson(detail.decisions, within);
  if (within !== undefined && decisions.length === 0) return undefined;
  return {
    version: 1,
    delivery: {
      ...deliveryJson(event),
      headers: withoutProofs(JSON.parse(event.headers) as Readonly<Record<string, string>>),
      body: event.body === undefined ? null : new TextDecoder().decode(event.body),
    },
    decisions,
  };
}

/** Headers whose value proves something about the sender or its secret. */
const PROOF = /signature|token|secret|authorization|cookie|digest|^x-hub-/i;

function withoutProofs(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, PROOF.test(name) ? "***" : value] as const),
  );
}
