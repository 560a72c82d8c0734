import { describe, expect, it } from "vitest";
import type { IncomingDelivery } from "../../src/domain/decision.ts";
import { DeliveryRejected } from "../../src/domain/errors.ts";
import { forges } from "../../src/forges/index.ts";
import { prune } from "../../src/queue/retention.ts";
import type { Store } from "../../src/store/store.ts";
import { claimsOf } from "../../src/webhooks/claims.ts";
import { refusedDelivery } from "../../src/webhooks/incoming-delivery.ts";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";

const LONG = "\u{1f353}".repeat(250);
const github = forges.find(({ name }) => name === "github");

/** A refused request with as much text as a stranger can put into it. */
async function refused(text: string): Promise<IncomingDelivery> {
  const headers = {
    "x-github-event": text,
    "x-github-delivery": `${Math.random()}${text}`,
    "user-agent": text.replaceAll(/./gu, '"'),
    "content-type": "application/json",
    "x-filler": text,
  };
  const body = Buffer.from(
    JSON.stringify({ ref: "refs/heads/main", after: revision("a"), repository: { full_name: text } }),
  );
  const rejection = new DeliveryRejected(401, `the signature does not match ${text}`);
  const request = {
    forgeName: text,
    headers,
    body,
    bodyBytes: body.byteLength,
    remoteAddress: "2001:db8:1111:2222:3333:4444:5555:6666",
  };
  return refusedDelivery(request, rejection, text, await claimsOf(github, headers, body));
}

async function fill(store: Pick<Store, "deliveries">, rows: number): Promise<void> {
  for (let i = 0; i < rows; i += 100)
    await store.deliveries.record(await Promise.all(Array.from({ length: 100 }, () => refused(LONG))));
}

describe("requests that were refused", () => {
  it("take at most 1 KB each, indexes included, and still say what they claim", async () => {
    const store = await freshStore();
    await fill(store, 100);
    const before = await store.size();
    await fill(store, 2_000);
    expect(((await store.size()) - before) / 2_000).toBeLessThanOrEqual(1_024);
    const [row] = await store.deliveries.history({ limit: 1 });
    expect(row).toMatchObject({ verified: false, decision: "refused", repository: "", httpStatus: 401 });
    for (const text of [row?.claimedRepository, row?.eventName, row?.forge])
      expect(text).toMatch(/^\u{1f353}{10,25}$/u);
  });

  it("are a ring of their own: the newest 10,000 stay, and nothing else makes room for them", async () => {
    const store = await freshStore();
    const [genuine] = await store.deliveries.record([delivery(revision("b"))]);
    await fill(store, 10_300);
    expect(await store.upkeep.forgettable("refused", "zzz")).toBe(10_000);
    expect((await store.deliveries.detail(genuine?.id ?? ""))?.event.body).toBeInstanceOf(Uint8Array);
  });

  it("go first when the store is larger than it may be: payloads and logs of the last day stay", async () => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("c")));
    await store.queue.claim(deployment, { leaseMs: 1_000, claimer: "{}" });
    await store.queue.adopt(deployment, { owner: "o", kind: "process", identity: "{}" }, 1_000);
    const line = { at: "", step: "build", stream: "stdout", line: "x" } as const;
    await store.deployments.appendOutput(deployment, [{ ...line, sequence: 1 }]);
    await store.deployments.settle(deployment, "o", { outcome: "succeeded", reason: "", hint: "" });
    const [genuine] = await store.deliveries.record([delivery(revision("d"))]);
    const limit = (await store.size()) + 500_000;
    await fill(store, 3_000);
    expect(await store.size()).toBeGreaterThan(limit);
    const keep = { keep_payloads_days: 30, keep_logs_days: 90, keep_history_days: 365, max_size: limit };
    const forgotten = await prune(store, keep, new Date(Date.now() + 60_000));
    expect(Object.keys(forgotten)).toEqual(["refused"]);
    expect(await store.deployments.output(deployment, 0, 10)).toHaveLength(1);
    expect((await store.deliveries.detail(genuine?.id ?? ""))?.event.body).toBeInstanceOf(Uint8Array);
  });
});
