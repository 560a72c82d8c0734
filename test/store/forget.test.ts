import { statSync } from "node:fs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { newId } from "../../src/domain/id.ts";
import { prune } from "../../src/queue/retention.ts";
import type { Retention } from "../../src/queue/retention.ts";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEEP: Retention = { keep_payloads_days: 1, keep_logs_days: 2, keep_history_days: 3, max_size: 2 ** 40 };

type TestStore = Awaited<ReturnType<typeof freshStore>>;

/** One success, with a line of log. */
async function deploy(store: TestStore, hash: string): Promise<string> {
  const { deployment } = await store.queue.enqueue(API, "person", wanted(hash));
  await store.queue.claim(deployment, { leaseMs: 1_000, claimer: "{}" });
  await store.queue.adopt(deployment, { owner: "o", kind: "process", identity: "{}" }, 1_000);
  const line = { sequence: 1, at: "", step: "build", stream: "stdout", line: "x" } as const;
  await store.deployments.appendOutput(deployment, [line]);
  await store.deployments.settle(deployment, "o", { outcome: "succeeded", reason: "", hint: "" });
  return deployment;
}

describe("old records are forgotten", () => {
  const later = (days: number): Date => new Date(Date.now() + days * DAY_MS);

  it("payloads first, then logs, then the deliveries themselves", async () => {
    const store = await freshStore();
    const [recorded] = await store.deliveries.record([delivery(revision("a"))]);
    const deployed = await deploy(store, revision("b"));
    const id = recorded?.id ?? "";
    expect(await prune(store, KEEP, later(0.5))).toEqual({});
    expect(await prune(store, KEEP, later(1.5))).toEqual({ payloads: 1 });
    expect((await store.deliveries.detail(id))?.event).toMatchObject({ body: undefined });
    expect(await store.deployments.output(deployed, 0, 10)).toHaveLength(1);
    expect(await prune(store, KEEP, later(2.5))).toEqual({ logs: 1 });
    expect(await prune(store, KEEP, later(3.5))).toEqual({ deliveries: 1 });
    expect(await store.deliveries.detail(id)).toBeUndefined();
  });

  it("but never what runs, what has not ended, the newest fifty of a target, and the newest fifty that went live", async () => {
    const store = await freshStore();
    const ids: string[] = [];
    for (let i = 0; i < 60; i++) ids.push(await deploy(store, revision(i.toString(16))));
    const { deployment: waiting } = await store.queue.enqueue(API, "person", wanted(revision("f")));
    const forgotten = await prune(store, KEEP, later(400));
    expect(forgotten.deployments).toBe(10);
    const left = await store.deployments.history({ limit: 100 });
    expect(left.map(({ id }) => id)).toEqual([waiting, ...ids.slice(10).toReversed()]);
    expect((await store.targets.status())[0]?.deployment).toBe(ids.at(-1));
  });

  it("earlier, when the store is larger than it may be; and the file shrinks", async () => {
    const store = await freshStore();
    for (let i = 0; i < 40; i++) {
      const body = Buffer.alloc(200_000, i);
      await store.deliveries.record([
        { ...delivery(revision("c")), id: newId(), body, deliveryId: String(i), bodySha256: String(i) },
      ]);
    }
    expect(await store.size()).toBeGreaterThan(7_000_000);
    await prune(store, { ...KEEP, max_size: 2_000_000 }, new Date(Date.now() + 1_000));
    expect(await store.size()).toBeLessThan(2_000_000);
    // 4 MiB of free pages stay for what comes next.
    expect(statSync(store.file).size).toBeLessThan(2_000_000 + 5 * 2 ** 20);
    expect(await store.deliveries.history({ limit: 100 })).toHaveLength(40);
  });

  it("down to history where that is what fills it: the older half first, the last hour never", async () => {
    const store = await freshStore();
    const start = Date.now();
    const push = async (hour: number, n: number): Promise<void> => {
      vi.setSystemTime(start + hour * HOUR_MS);
      const hash = n.toString(16).padStart(40, "0");
      const text = { message: "m".repeat(300), triggeredBy: "t".repeat(50) };
      await store.deliveries.record(
        Array.from({ length: 50 }, (_, i) =>
          delivery(hash, { deliveryId: `${n}-${i}`, body: undefined, wanted: text }),
        ),
      );
    };
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const deployed = await deploy(store, revision("b"));
    for (let hour = 0; hour < 48; hour++) for (let n = 0; n < 4; n++) await push(hour, hour * 4 + n);
    const before = await store.size();
    expect(before).toBeGreaterThan(4_000_000);
    await prune(store, { ...KEEP, keep_history_days: 365, max_size: before / 2 }, new Date());
    expect(await store.size()).toBeLessThan(before / 2);
    const newest = await store.deliveries.history({ limit: 10_000 });
    expect(newest.length).toBeGreaterThanOrEqual(200);
    // Even where no size is small enough: what came last can still be looked up, and what runs can be rolled back to.
    await prune(store, { ...KEEP, max_size: 1 }, new Date(Date.now() + 30 * 60_000));
    expect(await store.deliveries.history({ limit: 10_000 })).toHaveLength(200);
    expect((await store.deployments.history({ limit: 10_000 })).map(({ id }) => id)).toContain(deployed);
    expect(await store.deployments.newestSuccesses(API, 10)).toHaveLength(1);
  });
});
