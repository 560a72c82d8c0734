import { setTimeout as sleep } from "node:timers/promises";
import type { Feed } from "../../answers/following/feed.ts";
import { deploymentDocumentSchema } from "../../answers/schemas/deployment-document.ts";
import { logDocumentSchema } from "../../answers/schemas/log-document.ts";
import { statisticsDocumentSchema } from "../../answers/schemas/statistics-document.ts";
import { statusDocumentSchema } from "../../answers/schemas/status-document.ts";
import { ServerUnavailable, StoreUnavailable } from "../../domain/errors.ts";
import type { ApiClient } from "./api-client.ts";

/** How often a daemon is asked: each question takes a connection of its own. */
const PAUSE_MS = 1_000;
/** A daemon that is restarted answers again after this time at the latest. */
const RESTART_MS = 60_000;
/** Older deployments say little about how long the next one takes. */
const STATISTICS_DAYS = 90;

/** Documents from the API of a daemon. A restart of the daemon is waited for, as deployments go on meanwhile. */
export function httpFeed(client: ApiClient): Feed {
  let hasAnswered = false;
  const patiently = async <Document>(ask: () => Promise<Document>): Promise<Document> => {
    for (const began = performance.now(); ; await sleep(PAUSE_MS))
      try {
        const document = await ask();
        hasAnswered = true;
        return document;
      } catch (error) {
        const isAway = error instanceof ServerUnavailable || error instanceof StoreUnavailable;
        if (!isAway || !hasAnswered || performance.now() - began > RESTART_MS) throw error;
      }
  };
  return {
    deployment: async (id) =>
      await patiently(() => client.get(`/deployments/${encodeURIComponent(id)}`, {}, deploymentDocumentSchema)),
    log: async ({ id, after, limit }) =>
      await patiently(() =>
        client.get(`/deployments/${encodeURIComponent(id)}/log`, { after, limit }, logDocumentSchema),
      ),
    status: async ({ fraise, environment, job }) =>
      (await client.get("/targets", { fraise, environment, job }, statusDocumentSchema)) ?? NOTHING,
    statistics: async ({ fraise, environment, job }) => {
      const query = { fraise, environment, job, days: STATISTICS_DAYS };
      return (await client.get("/statistics", query, statisticsDocumentSchema))?.targets[0];
    },
    news: async (signal) => await sleep(PAUSE_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
  };
}

const NOTHING = { version: 1, targets: [], daemon: null } as const;
