import { setTimeout as sleep } from "node:timers/promises";
import type { Feed, Watched } from "../../answers/following/feed.ts";
import { deploymentDocumentSchema } from "../../answers/schemas/deployment-document.ts";
import { logDocumentSchema } from "../../answers/schemas/log-document.ts";
import { statisticsDocumentSchema } from "../../answers/schemas/statistics-document.ts";
import { statusDocumentSchema } from "../../answers/schemas/status-document.ts";
import { ServerUnavailable, StoreUnavailable } from "../../domain/errors.ts";
import type { ApiClient } from "./api-client.ts";
import type { Door } from "./door.ts";
import { listenToEvents } from "./event-ear.ts";
import type { EventEar } from "./event-ear.ts";

/** How often a daemon is asked that sends no events: each question takes a connection of its own. */
const PAUSE_MS = 1_000;
/** A daemon that sends events is asked again after this time at the latest: what a deployment waits for may change without an event of its own. */
const QUIET_MS = 10_000;
/** Lines of a log come many times a second: they are asked for no more often. */
const GAP_MS = 400;
/** A daemon that is restarted answers again after this time at the latest. */
const RESTART_MS = 60_000;
/** Older deployments say little about how long the next one takes. */
const STATISTICS_DAYS = 90;

/**
 * Documents from the API of a daemon. Its stream of events says when they have changed; if there is no stream, they are asked for once a second. A restart of the daemon is waited
 * for, as deployments go on meanwhile.
 */
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
    news: newsOf(client.door),
  };
}

function newsOf(door: Door): Feed["news"] {
  let heard: { readonly query: string; readonly ear: EventEar } | undefined;
  let before = 0;
  return async (about, signal) => {
    const query = queryOf(about);
    if (heard?.query !== query.toString()) {
      heard?.ear.close();
      const isNews = (event: string): boolean => event !== "log" || ("withLog" in about && about.withLog);
      heard = { query: query.toString(), ear: listenToEvents(door, query, isNews) };
    }
    const { ear } = heard;
    await ear.wait(ear.isOpen() ? QUIET_MS : PAUSE_MS, signal);
    const gap = before + GAP_MS - performance.now();
    if (gap > 0) await sleep(gap, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    before = performance.now();
  };
}

function queryOf(about: Watched): URLSearchParams {
  if ("deployment" in about) return new URLSearchParams({ deployment: about.deployment });
  return new URLSearchParams(Object.entries(about.targets));
}

const NOTHING = { version: 1, targets: [], daemon: null } as const;
