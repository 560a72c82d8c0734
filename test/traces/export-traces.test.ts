import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { localRequests } from "../../src/host/local-requests.ts";
import { createLog } from "../../src/log.ts";
import { openStore } from "../../src/store/store.ts";
import type { Store } from "../../src/store/store.ts";
import { backoffMs } from "../../src/traces/backoff.ts";
import { exportTraces } from "../../src/traces/export-traces.ts";
import type { TraceExport, TraceParts } from "../../src/traces/export-traces.ts";
import { meaningOf } from "../../src/traces/send-spans.ts";
import { startOtlpReceiver } from "../helpers/otlp-receiver.ts";
import type { OtlpReceiver } from "../helpers/otlp-receiver.ts";
import { delivery, freshStore, revision } from "../helpers/store.ts";

type Opened = Store & { readonly file: string };

async function exporting(
  store: Opened,
  { url }: Pick<OtlpReceiver, "url">,
  more: Partial<TraceParts> = {},
): Promise<TraceExport> {
  const reader = await openStore(`sqlite:${store.file}`);
  const traces = exportTraces({
    reader,
    store,
    requests: localRequests,
    settings: () => ({ url, headers: {}, timeout: 5_000 }),
    resource: () => ({ service: "fraisier", version: "1.2.3", host: "web1" }),
    redact: (text) => text.replaceAll("hunter2hunter2", "***"),
    log: createLog((text) => text, "silent"),
    ...more,
  });
  onTestFinished(async () => {
    await traces.stop();
    await reader.close();
  });
  // The start of the export is the newest change of that moment.
  await expect.poll(() => reader.traces.position()).toBeDefined();
  return traces;
}

/** A push that is deployed, or whose deployment fails for the given reason. Gives the deployment. */
async function deployed(store: Opened, digit: string, reason = "", message = "a message"): Promise<string> {
  await store.deliveries.record([delivery(revision(digit), { wanted: { message } })]);
  const [queued] = await store.deployments.history({ limit: 1, status: "queued" });
  const id = queued?.id ?? "";
  await store.queue.claim(id, { leaseMs: 60_000, claimer: "{}" });
  const database = new Database(store.file);
  const owner = String(database.prepare("select lease_owner from tb_deployment where id = ?").pluck().get(id));
  database.close();
  await store.deployments.settle(id, owner, { outcome: reason === "" ? "succeeded" : "failed", reason, hint: "" });
  return id;
}

const runs = ({ spans }: OtlpReceiver): readonly unknown[] =>
  spans.filter(({ name }) => name === "RUN api/production").map(({ attributes }) => attributes["deployment.id"]);

describe("the export of traces", () => {
  it("sends what ends from now on, goes on where it was left, and names the same spans again if a receiver took them unnoticed", async () => {
    const [store, receiver] = [await freshStore(), await startOtlpReceiver()];
    await deployed(store, "a");
    const first = await exporting(store, receiver);
    const [second, third] = [await deployed(store, "b"), await deployed(store, "c", "exit code 1")];
    await expect.poll(() => runs(receiver), { timeout: 5_000 }).toEqual([second, third]);
    await first.stop();
    const before = [...receiver.spans];
    // As if the daemon had died before it wrote down that the receiver has them.
    await store.traces.moveTo(0);
    await exporting(store, receiver);
    await expect.poll(() => runs(receiver).length, { timeout: 5_000 }).toBe(5);
    const again = receiver.spans.slice(before.length);
    for (const span of before) expect(again).toContainEqual(span);
    expect(receiver.complaints).toEqual([]);
  });

  it("sends nothing while the receiver asks for patience, and everything afterwards", async () => {
    const [store, receiver] = [await freshStore(), await startOtlpReceiver()];
    receiver.answer({ status: 429, headers: { "retry-after": "3" } });
    const traces = await exporting(store, receiver);
    const id = await deployed(store, "a");
    await expect.poll(() => receiver.bodies.length, { timeout: 5_000 }).toBe(1);
    const askedAt = performance.now();
    receiver.answer(undefined);
    expect(traces.counts()).toMatchObject({
      exported: 0,
      failedRequests: 1,
      waitingSince: expect.any(String) as string,
    });
    await expect.poll(() => runs(receiver), { timeout: 10_000 }).toEqual([id]);
    expect(performance.now() - askedAt).toBeGreaterThan(2_500);
    await expect
      .poll(() => traces.counts())
      .toMatchObject({ exported: receiver.spans.length, refused: 0, waitingSince: undefined });
  });

  it("gives up only those spans that the receiver refuses for good", async () => {
    const [store, receiver] = [await freshStore(), await startOtlpReceiver()];
    receiver.answer((body) => (body.includes("poison") ? { status: 400, body: "bad data" } : undefined));
    const traces = await exporting(store, receiver);
    const ids = [await deployed(store, "a"), await deployed(store, "b", "", "poison"), await deployed(store, "c")];
    await expect.poll(() => runs(receiver), { timeout: 5_000 }).toEqual([ids[0], ids[2]]);
    expect(traces.counts()?.refused).toBeGreaterThan(0);
    expect(traces.troubles()).toEqual([]);
  });

  it("tells of each reason once, says when it is over, and needs no daemon of its own for another receiver", async () => {
    const [store, receiver] = [await freshStore(), await startOtlpReceiver()];
    receiver.answer(401);
    let url = receiver.url;
    const traces = await exporting(store, receiver, { settings: () => ({ url, headers: {}, timeout: 5_000 }) });
    const id = await deployed(store, "a");
    await expect
      .poll(() => traces.troubles(), { timeout: 10_000 })
      .toEqual([
        {
          kind: "traces",
          subject: "server.traces",
          message: `Traces wait: ${receiver.url} answers 401. They are sent once it takes them, for up to 7 days.`,
        },
      ]);
    const other = await startOtlpReceiver();
    ({ url } = other);
    await expect.poll(() => runs(other), { timeout: 5_000 }).toEqual([id]);
    expect(traces.troubles()).toEqual([]);
  });

  it("hides secrets in every text, and says why a deployment waited and failed", async () => {
    const [store, receiver] = [await freshStore(), await startOtlpReceiver()];
    await exporting(store, receiver);
    await store.deliveries.record([delivery(revision("a"), { wanted: { message: "uses hunter2hunter2" } })]);
    const [queued] = await store.deployments.history({ limit: 1, status: "queued" });
    await store.queue.recordWait(queued?.id ?? "", {
      kind: "lock",
      on: "api/production",
      by: "ann",
      reason: "hunter2hunter2",
    });
    await store.queue.recordWait(queued?.id ?? "", undefined);
    await store.queue.cancel(queued?.id ?? "", "bob", "not today");
    await expect.poll(() => runs(receiver).length, { timeout: 5_000 }).toBe(1);
    expect(receiver.bodies.join("")).not.toContain("hunter2");
    const wait = receiver.spans.find(({ name }) => name === "wait");
    expect(wait?.events).toEqual([
      {
        name: "waits",
        attributes: { "fraisier.wait.kind": "lock", "fraisier.reason": "ann locked api/production: ***" },
      },
      { name: "waits for its turn", attributes: {} },
    ]);
    expect(receiver.spans.find(({ name }) => name.startsWith("RUN"))).toMatchObject({
      error: undefined,
      attributes: { "cicd.pipeline.result": "cancellation", "fraisier.reason": "not today" },
    });
    expect(receiver.resources[0]).toEqual({
      "service.name": "fraisier",
      "service.version": "1.2.3",
      "host.name": "web1",
    });
    expect(receiver.complaints).toEqual([]);
  });

  it("is not begun, and writes nothing, while fraises.yaml wants no traces", async () => {
    const [store, receiver] = [await freshStore(), await startOtlpReceiver()];
    const reader = await openStore(`sqlite:${store.file}`);
    const traces = exportTraces({
      reader,
      store,
      requests: localRequests,
      settings: () => undefined,
      resource: () => ({ service: "fraisier", version: "1.2.3", host: "web1" }),
      redact: (text) => text,
      log: createLog((text) => text, "silent"),
    });
    await deployed(store, "a");
    await traces.stop();
    expect(await reader.traces.position()).toBeUndefined();
    expect(traces.counts()).toBeUndefined();
    expect(receiver.bodies).toEqual([]);
    await reader.close();
  });

  it("takes a retry for a part of the trace in which it was asked for", async () => {
    const [store, receiver] = [await freshStore(), await startOtlpReceiver()];
    await exporting(store, receiver);
    const failed = await deployed(store, "a", "exit code 1");
    const database = new Database(store.file);
    const columns = database.pragma("table_info(tb_deployment)") as { readonly name: string }[];
    const kept = columns
      .map(({ name }) => name)
      .filter((name) => !["id", "retry", "retry_of", "status"].includes(name));
    database
      .prepare(
        `insert into tb_deployment (id, retry, retry_of, status, ${kept.join(", ")})
         select 'zzzzzzzzz0000', 1, id, 'failed', ${kept.join(", ")} from tb_deployment where id = ?`,
      )
      .run(failed);
    database.close();
    await expect.poll(() => runs(receiver), { timeout: 5_000 }).toEqual([failed, "zzzzzzzzz0000"]);
    const [first, retry] = receiver.spans.filter(({ name }) => name === "RUN api/production");
    expect(retry?.traceId).toBe(first?.traceId);
    expect(retry?.parentSpanId).toBe(first?.spanId);
  });
});

describe("an answer of a receiver", () => {
  const answer = (status: number, body = "", headers = {}) => meaningOf({ status, body, headers, durationMs: 1 });

  it("says which spans it did not want", () => {
    expect(answer(200)).toEqual({ kind: "taken", rejected: 0, message: "" });
    expect(answer(200, '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}')).toEqual({
      kind: "taken",
      rejected: 2,
      message: "too old",
    });
    expect(answer(202, "<html>")).toMatchObject({ kind: "taken", rejected: 0 });
  });

  it("is final if it is about the spans, and a matter of time or of settings otherwise", () => {
    for (const status of [400, 413, 422]) expect(answer(status).kind).toBe("refused");
    for (const status of [301, 401, 403, 404, 429, 500, 502, 503, 504]) expect(answer(status).kind).toBe("later");
    expect(answer(503, "", { "retry-after": "7" })).toMatchObject({ afterMs: 7_000 });
    expect(answer(503, "", { "retry-after": "soon" })).toMatchObject({ afterMs: 0 });
  });

  it("is waited for twice as long each time, five minutes at the most, and as long as it asks for within reason", () => {
    expect([1, 2, 3, 20].map((failures) => backoffMs(failures, 0, 0.5))).toEqual([1_000, 2_000, 4_000, 300_000]);
    expect(backoffMs(1, 60_000, 0.5)).toBe(60_000);
    expect(backoffMs(1, 86_400_000, 0.5)).toBe(600_000);
  });
});
