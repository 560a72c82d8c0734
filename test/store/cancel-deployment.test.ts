import { describe, expect, it } from "vitest";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

const RUNNER = { owner: "runner", kind: "process", identity: "{}" };

describe("cancelling a deployment that was claimed", () => {
  it("ends it at once while no runner has begun it: the one that was launched finds nothing to do", async () => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("a")));
    expect(await store.queue.claim(deployment, { leaseMs: 1_000, claimer: "{}" })).toBe(true);
    expect(await store.queue.cancel(deployment, "ann", "cancelled by ann")).toBe("cancelled");
    expect(await store.queue.adopt(deployment, RUNNER, 1_000)).toBe(false);
    expect((await store.deployments.detail(deployment))?.deployment).toMatchObject({
      status: "cancelled",
      reason: "cancelled by ann",
      leaseOwner: undefined,
    });
    const next = await store.queue.enqueue(API, "person", wanted(revision("b")));
    expect(await store.queue.claim(next.deployment, { leaseMs: 1_000, claimer: "{}" })).toBe(true);
  });

  it("ends the rollback by hand with it", async () => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "rollback", wanted(revision("a")));
    await store.queue.claim(deployment, { leaseMs: 1_000, claimer: "{}" });
    await store.queue.cancel(deployment, "ann", "cancelled by ann");
    expect(await store.deployments.rollbacks(deployment)).toMatchObject([{ status: "failed" }]);
  });

  it("asks the runner once it has begun, also when its runner died", async () => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("a")));
    await store.queue.claim(deployment, { leaseMs: 1_000, claimer: "{}" });
    expect(await store.queue.adopt(deployment, RUNNER, 1_000)).toBe(true);
    await store.queue.revokeLeases([{ id: deployment, leaseOwner: "runner" }]);
    expect(await store.queue.cancel(deployment, "ann", "cancelled by ann")).toBe("requested");
  });
});
