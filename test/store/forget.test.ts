import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/id.ts";
import { prune } from "../../src/queue/retention.ts";
import type { Retention } from "../../src/queue/retention.ts";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";

const DAY_MS = 86_400_000;
const KEEP: Retention = { keep_payloads_days: 1, keep_logs_days: 2, keep_history_days: 3, max_size: 2 ** 40 };

type TestStore = Awaited<ReturnType<typeof freshStore>>;

/** One success, with a line of log. */
async function deploy(store: TestStore, hash: string): Promise<string> {
  const { deployment } = await store.enqueueDeployment(API, "person", wanted(hash));
  await store.claimDeployment(deployment, 1_000, "{}");
  await store.adoptDeployment(deployment, "o", { kind: "process", identity: "{}" }, 1_000);
  const line = { deployment_id: deployment, sequence: 1, at: "", step: "build", stream: "stdout", line: "x" } as const;
  await store.appendOutput([line]);
  await store.settleDeployment(deployment, "o", { outcome: "succeeded", reason: "", hint: "" });
  return deployment;
}

describe("what is old is forgotten", () => {
  const later = (days: number): Date => new Date(Date.now() + days * DAY_MS);

  it("payloads first, then logs, then the deliveries themselves", async () => {
    const store = await freshStore();
    const [recorded] = await store.recordDeliveries([delivery(revision("a"))]);
    const deployed = await deploy(store, revision("b"));
    const id = recorded?.id ?? "";
    expect(await prune(store, KEEP, later(0.5))).toEqual({});
    expect(await prune(store, KEEP, later(1.5))).toEqual({ payloads: 1 });
    expect((await store.deliveryDetail(id))?.event.body).toBeNull();
    expect(await store.deploymentOutput(deployed, 0, 10)).toHaveLength(1);
    expect(await prune(store, KEEP, later(2.5))).toEqual({ logs: 1 });
    expect(await prune(store, KEEP, later(3.5))).toEqual({ deliveries: 1 });
    expect(await store.deliveryDetail(id)).toBeUndefined();
  });

  it("but never what runs, what has not ended, or the newest fifty of a target", async () => {
    const store = await freshStore();
    const ids: string[] = [];
    for (let i = 0; i < 60; i++) ids.push(await deploy(store, revision(i.toString(16))));
    const { deployment: waiting } = await store.enqueueDeployment(API, "person", wanted(revision("f")));
    const forgotten = await prune(store, KEEP, later(400));
    // The waiting one is one of the fifty.
    expect(forgotten.deployments).toBe(11);
    const left = await store.deploymentHistory({ limit: 100 });
    expect(left.map(({ id }) => id)).toEqual([waiting, ...ids.slice(11).toReversed()]);
    expect((await store.targetStatus())[0]?.deployment_id).toBe(ids.at(-1));
  });

  it("earlier, when the store is larger than it may be; and the file shrinks", async () => {
    const store = await freshStore();
    for (let i = 0; i < 40; i++) {
      const body = Buffer.alloc(200_000, i);
      await store.recordDeliveries([
        { ...delivery(revision("c")), id: newId(), body, deliveryId: String(i), bodySha256: String(i) },
      ]);
    }
    expect(await store.size()).toBeGreaterThan(7_000_000);
    await prune(store, { ...KEEP, max_size: 2_000_000 }, new Date(Date.now() + 1_000));
    expect(await store.size()).toBeLessThan(2_000_000);
    // 4 MiB of free pages stay for what comes next.
    expect(statSync(store.file).size).toBeLessThan(2_000_000 + 5 * 2 ** 20);
    expect(await store.deliveryHistory({ limit: 100 })).toHaveLength(40);
  });
});
