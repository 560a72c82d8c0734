import { deliveriesDocumentSchema } from "../../answers/schemas/deliveries-document.ts";
import type { DeliveriesDocument } from "../../answers/schemas/deliveries-document.ts";
import { historyDocumentSchema } from "../../answers/schemas/history-document.ts";
import type { HistoryDocument } from "../../answers/schemas/history-document.ts";
import type { ApiClient, Query } from "./api-client.ts";
import type { DeliveriesPage, HistoryPage } from "./command-server.ts";

/** A page of the API has no more entries than this. */
const MOST = 500;

/** As many deployments as are wanted, in one document; undefined if there are no such targets. */
export async function allDeployments(
  client: ApiClient,
  targets: Query,
  { status, before, since, limit }: HistoryPage,
): Promise<HistoryDocument | undefined> {
  const ask = async (query: Query) =>
    await client.get("/deployments", { ...targets, status, since, ...query }, historyDocumentSchema);
  const first = await ask({ before, limit: Math.min(limit, MOST) });
  if (first === undefined) return undefined;
  const deployments = [...first.deployments];
  let { next } = first;
  while (next !== null && deployments.length < limit) {
    const page = await ask({ before: next, limit: Math.min(limit - deployments.length, MOST) });
    deployments.push(...(page?.deployments ?? []));
    next = page?.next ?? null;
  }
  return { version: 1, deployments, next };
}

/** As many deliveries as are wanted, in one document. */
export async function allDeliveries(
  client: ApiClient,
  { decision, before, limit }: DeliveriesPage,
): Promise<DeliveriesDocument> {
  const deliveries: DeliveriesDocument["deliveries"][number][] = [];
  let next: string | null = before ?? null;
  do {
    const query = { decision, before: next ?? undefined, limit: Math.min(limit - deliveries.length, MOST) };
    const page = await client.get("/deliveries", query, deliveriesDocumentSchema);
    deliveries.push(...(page?.deliveries ?? []));
    next = page?.next ?? null;
  } while (next !== null && deliveries.length < limit);
  return { version: 1, deliveries, next };
}
