import { z } from "zod";
import { answerDeliveries } from "../../answers/deliveries/answer-deliveries.ts";
import { answerDelivery } from "../../answers/deliveries/answer-delivery.ts";
import { answerDeployment } from "../../answers/deployments/answer-deployment.ts";
import { deploymentMeant } from "../../answers/deployments/deployment-meant.ts";
import { answerHistory } from "../../answers/deployments/answer-history.ts";
import { answerLog } from "../../answers/deployments/answer-log.ts";
import { answerHosts } from "../../answers/hosts/answer-hosts.ts";
import { answerHealth } from "../../answers/health/answer-health.ts";
import { deliveriesDocumentSchema } from "../../answers/schemas/deliveries-document.ts";
import { deliveryDocumentSchema } from "../../answers/schemas/delivery-document.ts";
import { deploymentDocumentSchema } from "../../answers/schemas/deployment-document.ts";
import { healthDocumentSchema } from "../../answers/schemas/health-document.ts";
import { historyDocumentSchema } from "../../answers/schemas/history-document.ts";
import { hostsDocumentSchema } from "../../answers/schemas/hosts-document.ts";
import { locksDocumentSchema } from "../../answers/schemas/locks-document.ts";
import { logDocumentSchema } from "../../answers/schemas/log-document.ts";
import { statisticsDocumentSchema } from "../../answers/schemas/statistics-document.ts";
import { statusDocumentSchema } from "../../answers/schemas/status-document.ts";
import { targetDocumentSchema } from "../../answers/schemas/target-document.ts";
import { storyDocumentSchema } from "../../answers/schemas/story-document.ts";
import { answerStatistics } from "../../answers/statistics/answer-statistics.ts";
import { answerLocks } from "../../answers/targets/answer-locks.ts";
import { answerTarget } from "../../answers/targets/answer-target.ts";
import { answerStatus } from "../../answers/targets/answer-status.ts";
import { NEXT_STATUSES } from "../../domain/deployment.ts";
import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { isAmong, isKnown } from "./is-known.ts";
import { before, pageSize, targetParameters, targetsOf } from "./query.ts";
import { question } from "./question.ts";
import type { Asked, Question } from "./question.ts";
import { storyOf, storyQuery } from "./story-of.ts";

const nothing = z.strictObject({});

/** Every path of the API that only reads. A page has a limited number of entries, and nothing asks the host. */
export const questions: readonly Question[] = [
  question({
    path: "/targets",
    summary: "The state of targets, as the daemon saw it last, and that of the daemon.",
    query: z.strictObject(targetParameters),
    document: statusDocumentSchema,
    answer: async (asked) => await statusOf(asked, targetsOf(asked.query)),
  }),
  question({
    path: "/targets/:fraise/:environment",
    summary: "The state of a target, and of the jobs beside it.",
    query: nothing,
    document: statusDocumentSchema,
    answer: async (asked) => await statusOf(asked, targetsOf(asked.path)),
  }),
  question({
    path: "/targets/:fraise/:environment/:job",
    summary: "The state of a target that is a job.",
    query: nothing,
    document: statusDocumentSchema,
    answer: async (asked) => await statusOf(asked, targetsOf(asked.path)),
  }),
  question({
    path: "/settings/:fraise/:environment",
    summary:
      "Everything that is in force for a target, with the place of each setting. It is what the daemon saw last.",
    query: nothing,
    document: targetDocumentSchema,
    answer: async (asked) => await targetOf(asked, { ...targetsOf(asked.path), job: "" }),
  }),
  question({
    path: "/settings/:fraise/:environment/:job",
    summary: "Everything that is in force for a target that is a job.",
    query: nothing,
    document: targetDocumentSchema,
    answer: async (asked) => await targetOf(asked, targetsOf(asked.path)),
  }),
  question({
    path: "/deployments",
    summary: "Deployments, newest first.",
    query: z.strictObject({
      ...targetParameters,
      status: z
        .enum(Object.keys(NEXT_STATUSES) as [DeploymentStatus, ...DeploymentStatus[]])
        .optional()
        .describe("Only deployments with this status."),
      before,
      since: z.iso.date().optional().describe("Only deployments that were queued on this day (UTC) or later."),
      limit: pageSize(500, 50),
    }),
    document: historyDocumentSchema,
    async answer(asked) {
      const { sources, query, within } = asked;
      const targets = targetsOf(query);
      if (!(await isKnown(asked, targets))) return undefined;
      return await answerHistory(sources.store, { ...query, targets, within });
    },
  }),
  question({
    path: "/deployments/:id",
    summary: "A deployment with its phases, steps and checks. Its id may be shortened, or `last`.",
    query: nothing,
    document: deploymentDocumentSchema,
    async answer({ sources, path: { id: typed = "" }, within }) {
      const id = await deploymentMeant(sources.store, typed, within);
      const document = id === undefined ? undefined : await answerDeployment(sources, id);
      return document !== undefined && within?.(document.deployment) === false ? undefined : document;
    },
  }),
  question({
    path: "/deployments/:id/log",
    summary: "A part of a deployment's log.",
    query: z.strictObject({
      after: z.coerce
        .number()
        .int()
        .min(0)
        .default(0)
        .describe("Only lines behind this sequence: `next` of the part before."),
      limit: pageSize(1_000, 1_000),
    }),
    document: logDocumentSchema,
    async answer({ sources: { store }, path: { id = "" }, query, within }) {
      const deployment = (await store.deployments.detail(id))?.deployment;
      if (deployment === undefined || within?.(deployment) === false) return undefined;
      return await answerLog(store, { id, ...query });
    },
  }),
  question({
    path: "/deliveries",
    summary: "Deliveries, newest first, each with its decisions.",
    query: z.strictObject({
      decision: z.string().min(1).optional().describe("Only deliveries with this decision."),
      before,
      limit: pageSize(500, 50),
    }),
    document: deliveriesDocumentSchema,
    answer: async ({ sources, query, within }) => await answerDeliveries(sources.store, { ...query, within }),
  }),
  question({
    path: "/deliveries/:id",
    summary: "A delivery with headers, body and decisions.",
    query: nothing,
    document: deliveryDocumentSchema,
    answer: async ({ sources, path: { id = "" }, within }) => await answerDelivery(sources.store, id, within),
  }),
  question({
    path: "/why",
    summary: "The story of a deployment, a delivery, a revision or a target.",
    query: storyQuery,
    document: storyDocumentSchema,
    answer: storyOf,
  }),
  question({
    path: "/statistics",
    summary: "How deployments fared, by target.",
    query: z.strictObject({
      ...targetParameters,
      days: z.coerce.number().int().min(1).max(36_500).default(30).describe("How many days back, today included."),
    }),
    document: statisticsDocumentSchema,
    async answer(asked) {
      const targets = targetsOf(asked.query);
      if (!(await isKnown(asked, targets))) return undefined;
      return await answerStatistics(asked.sources.store, { targets, days: asked.query.days, within: asked.within });
    },
  }),
  question({
    path: "/locks",
    summary: "Every lock in force.",
    query: nothing,
    document: locksDocumentSchema,
    answer: async ({ sources, within }) => await answerLocks(sources, within),
  }),
  question({
    path: "/hosts",
    summary: "The hosts that share the store, and what runs there.",
    query: nothing,
    document: hostsDocumentSchema,
    answer: async ({ sources, within }) => await answerHosts(sources, within),
  }),
  question({
    path: "/health",
    summary: "Whether pushes are recorded and deployments can start. The status of the answer is 503 if not.",
    query: nothing,
    document: healthDocumentSchema,
    answer: async ({ sources }) => await answerHealth(sources.store),
  }),
];

async function targetOf({ sources, within }: Asked<unknown>, key: Partial<TargetKey>) {
  const target = sources.config.targets.find((each) => isAmong(key, each));
  return target === undefined || within?.(target) === false
    ? undefined
    : await answerTarget(sources, target, { host: undefined });
}

async function statusOf({ sources, within }: Asked<unknown>, targets: Partial<TargetKey>) {
  const status = await answerStatus(sources, { targets, host: undefined, within });
  // A name that no target has is a mistake, but an installation may be empty.
  return status.targets.length === 0 && Object.keys(targets).length > 0 ? undefined : status;
}
