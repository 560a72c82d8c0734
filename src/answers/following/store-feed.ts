import { setTimeout as sleep } from "node:timers/promises";
import { answerDeployment } from "../deployments/answer-deployment.ts";
import { answerLog } from "../deployments/answer-log.ts";
import type { Sources } from "../sources.ts";
import { answerStatistics } from "../statistics/answer-statistics.ts";
import { answerStatus } from "../targets/answer-status.ts";
import type { Feed } from "./feed.ts";

/** How often the store is read: a person reads no faster. */
const PAUSE_MS = 150;
/** Older deployments say little about how long the next one takes. */
const STATISTICS_DAYS = 90;

/** Documents from the store of this machine. */
export function storeFeed(sources: Sources): Feed {
  const { store } = sources;
  return {
    deployment: async (id) => await answerDeployment(sources, id),
    log: async (question) => await answerLog(store, question),
    status: async (targets) => await answerStatus(sources, { targets, host: undefined }),
    statistics: async ({ fraise, environment, job }) =>
      (await answerStatistics(store, { targets: { fraise, environment, job }, days: STATISTICS_DAYS })).targets[0],
    news: async (_about, signal) =>
      await sleep(PAUSE_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
  };
}
