import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { answerDeliveries } from "../../src/answers/deliveries/answer-deliveries.ts";
import { answerDelivery } from "../../src/answers/deliveries/answer-delivery.ts";
import { answerDeployment } from "../../src/answers/deployments/answer-deployment.ts";
import { answerHistory } from "../../src/answers/deployments/answer-history.ts";
import { answerLog } from "../../src/answers/deployments/answer-log.ts";
import { deliveriesDocumentSchema } from "../../src/answers/schemas/deliveries-document.ts";
import { deliveryDocumentSchema } from "../../src/answers/schemas/delivery-document.ts";
import { deploymentDocumentSchema } from "../../src/answers/schemas/deployment-document.ts";
import { historyDocumentSchema } from "../../src/answers/schemas/history-document.ts";
import { logDocumentSchema } from "../../src/answers/schemas/log-document.ts";
import { statisticsDocumentSchema } from "../../src/answers/schemas/statistics-document.ts";
import { statusDocumentSchema } from "../../src/answers/schemas/status-document.ts";
import { storyDocumentSchema } from "../../src/answers/schemas/story-document.ts";
import { answerStatistics } from "../../src/answers/statistics/answer-statistics.ts";
import { whyDelivery, whyDeployment, whyRevision, whyTarget } from "../../src/answers/stories/answer-why.ts";
import { answerStatus } from "../../src/answers/targets/answer-status.ts";
import type { TargetKey } from "../../src/domain/fraise.ts";
import { filledStore } from "../helpers/filled-store.ts";
import { API_FRAISES, parse } from "../helpers/parse-fraises.ts";
import { API, revision } from "../helpers/store.ts";

/** A target that was never deployed stands beside those on record. */
const CONFIG = `${API_FRAISES}      staging: { app_path: /srv/api-staging, branch: next }
`;

async function filled() {
  const { store, ids } = await filledStore();
  return { store, ids, config: parse(CONFIG), host: undefined };
}

/** A document as scripts get it, with names in place of its random ids and of the process. */
function readable(document: unknown, ids: Readonly<Record<string, string>>): string {
  let text = JSON.stringify(document, undefined, 2);
  for (const [name, id] of Object.entries(ids)) text = text.replaceAll(id, `<${name}>`);
  return text.replaceAll(/"[0-9a-z]{13}"/g, '"<id>"').replaceAll(`"pid": ${process.pid}`, '"pid": 4711');
}

/** Checks a document against its schema as a script in another language would: after JSON has been written and read. */
function described(schema: z.ZodType, document: unknown): void {
  expect(schema.safeParse(JSON.parse(JSON.stringify(document))).error?.issues ?? []).toEqual([]);
}

describe("the documents of a filled store", () => {
  it("are as their schemas describe them, and stay as they were", async () => {
    const sources = await filled();
    const { store, ids } = sources;
    const documents: readonly (readonly [name: string, schema: z.ZodType, document: unknown])[] = [
      ["status", statusDocumentSchema, await answerStatus(sources, { targets: {}, host: undefined })],
      ["history", historyDocumentSchema, await answerHistory(store, { targets: {}, limit: 2 })],
      ["deployment", deploymentDocumentSchema, await answerDeployment(sources, ids.takenBack)],
      ["log", logDocumentSchema, await answerLog(store, { id: ids.live, after: 0, limit: 10 })],
      ["deliveries", deliveriesDocumentSchema, await answerDeliveries(store, { limit: 10 })],
      ["delivery", deliveryDocumentSchema, await answerDelivery(store, ids.pushed, undefined)],
      ["story-of-deployment", storyDocumentSchema, await whyDeployment(sources, ids.live)],
      ["story-of-delivery", storyDocumentSchema, await whyDelivery(sources, ids.stranger)],
      ["story-of-target", storyDocumentSchema, await whyTarget(sources, API, "api/production")],
      ["statistics", statisticsDocumentSchema, await answerStatistics(store, { targets: {}, days: 30 })],
    ];
    for (const [name, schema, document] of documents) {
      described(schema, document);
      await expect(readable(document, ids)).toMatchFileSnapshot(`documents/${name}.snap`);
    }
  });

  it("come in pages that hold every deployment and delivery once", async () => {
    const { store, ids } = await filled();
    const seen: string[] = [];
    for (let before: string | undefined = undefined, pages = 0; pages < 10; pages++) {
      const { deployments, next } = await answerHistory(store, { targets: {}, limit: 3, before });
      seen.push(...deployments.map(({ id }) => id));
      if (next === null) break;
      before = next;
    }
    expect(seen).toEqual([ids.other, ids.waiting, ids.takenBack, ids.live]);
    const newest = await answerDeliveries(store, { limit: 1 });
    expect(newest).toMatchObject({ deliveries: [{ id: ids.stranger }], next: ids.stranger });
    const older = await answerDeliveries(store, { limit: 1, before: ids.stranger });
    expect(older).toMatchObject({ deliveries: [{ id: ids.pushed }], next: null });
    const first = await answerLog(store, { id: ids.live, after: 0, limit: 1 });
    expect(first).toMatchObject({ lines: [{ line: "built" }], next: 1 });
    const rest = await answerLog(store, { id: ids.live, after: 1, limit: 10 });
    expect(rest).toMatchObject({ lines: [{ line: "1 hint" }], next: null });
    // More may follow as long as the deployment has not ended.
    expect(await answerLog(store, { id: ids.waiting, after: 0, limit: 10 })).toMatchObject({ lines: [], next: 0 });
  });

  it("have only deployments of the days that are asked for", async () => {
    const { store, ids } = await filled();
    // All of them were queued on 2026-11-20.
    const day = await answerHistory(store, { targets: {}, limit: 2, since: "2026-11-20", before: ids.takenBack });
    expect(day).toMatchObject({ deployments: [{ id: ids.live }], next: null });
    expect(await answerHistory(store, { targets: API, limit: 10, since: "2026-11-21" })).toMatchObject({
      deployments: [],
      next: null,
    });
  });

  it("have nothing of a target that the asker may not know of", async () => {
    const sources = await filled();
    const { store, ids } = sources;
    const within = ({ fraise }: TargetKey): boolean => fraise === "web";
    const problem = { file: "f", line: 1, column: 1, path: "fraises.api", message: "x", severity: "error" as const };
    const failure = { at: "2026-11-20T09:00:00Z", message: "fraises.api.environments: …", problems: [problem] };
    await store.daemons.tell("daemon", { reload: { answered: 1, failure } });
    const answers = [
      await answerStatus(sources, { targets: {}, host: undefined, within }),
      await answerHistory(store, { targets: {}, limit: 10, within }),
      await answerDeliveries(store, { limit: 10, within }),
      await answerDelivery(store, ids.pushed, within),
      await answerStatistics(store, { targets: {}, days: 30, within }),
      await whyTarget({ ...sources, within }, { fraise: "api" }, "api"),
      await whyDeployment({ ...sources, within }, ids.live),
      await whyDelivery({ ...sources, within }, ids.pushed),
      await whyRevision({ ...sources, within }, revision("a")),
    ];
    expect(JSON.stringify(answers)).not.toMatch(/"api|api\/|acme|a{40}|b{40}/);
    expect(await answerHistory(store, { targets: {}, limit: 10, within })).toMatchObject({
      deployments: [{ id: ids.other }],
      next: null,
    });
    expect(await answerStatus(sources, { targets: {}, host: undefined, within })).toMatchObject({
      targets: [{ target: "web/staging", configured: false }],
      daemon: { reload_failure: { at: "2026-11-20T09:00:00Z", problems: [] } },
    });
  });
});
