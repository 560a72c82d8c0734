import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { DeploymentSummary } from "../../store/deployment-record.ts";
import type { Store } from "../../store/store.ts";
import type { HistoryDocument } from "../schemas/history-document.ts";
import { onlyWithin } from "../within.ts";
import type { Within } from "../within.ts";
import { summaryJson } from "./deployment-json.ts";

export interface HistoryQuestion {
  readonly targets: Partial<TargetKey>;
  readonly status?: DeploymentStatus | undefined;
  /** Only deployments older than this one. */
  readonly before?: string | undefined;
  /** Only deployments that were queued on this day (`2026-11-01`, in UTC) or later. */
  readonly since?: string | undefined;
  readonly limit: number;
  readonly within?: Within;
}

/** The deployments of some targets, newest first. */
export async function answerHistory(store: Store, { limit, ...question }: HistoryQuestion): Promise<HistoryDocument> {
  // The deployment behind the page says whether there is a next one.
  const rows = await pageOf(store, { ...question, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const next = rows.length > limit ? page.at(-1)?.id : undefined;
  return { version: 1, deployments: page.map(summaryJson), next: next ?? null };
}

async function pageOf(
  store: Store,
  { targets, status, before, since, limit, within }: HistoryQuestion,
): Promise<readonly DeploymentSummary[]> {
  const filter = {
    limit,
    ...(status === undefined ? {} : { status }),
    ...(before === undefined ? {} : { before }),
    ...(since === undefined ? {} : { since: new Date(since) }),
  };
  if (within === undefined) return await store.deployments.history({ ...targets, ...filter });
  const found: DeploymentSummary[] = [];
  for (const { fraise, environment, job } of onlyWithin(await store.targets.status(targets), within))
    found.push(...(await store.deployments.history({ fraise, environment, job, ...filter })));
  return found.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
}
