import { describe, expect, it } from "vitest";
import type { CheckResult, CheckStatus } from "../../src/domain/verification.ts";
import { LeaseLost } from "../../src/store/writes/lease-lost.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

const A = revision("a");
const B = revision("b");

function results(...statuses: readonly CheckStatus[]): readonly CheckResult[] {
  return statuses.map((status, index) => ({
    type: "http",
    name: `check ${index}`,
    status,
    seen: "answers 200",
    durationMs: 5,
    at: new Date(),
    isHostFault: false,
  }));
}

describe("the observations of checks", () => {
  it("is kept by deployment and by hand; the last run of a target is as good as its worst check", async () => {
    const store = await freshStore();
    const { deployment: id } = await store.queue.enqueue(API, "person", wanted(A));
    await store.queue.claim(id, { leaseMs: 1000, claimer: "{}" });
    await store.queue.adopt(id, { owner: "runner", kind: "process", identity: "{}" }, 1000);
    const deployment = { id, owner: "runner" };
    await store.verifications.record({ target: API, revision: A, deployment, results: results("passed", "warned") });
    expect(await store.verifications.checks(id)).toMatchObject([
      { sequence: 1, name: "check 0", status: "passed", durationMs: 5 },
      { sequence: 2, name: "check 1", status: "warned" },
    ]);
    expect(await store.verifications.status(API)).toMatchObject([
      { status: "warned", checks: 2, warned: 1, failed: 0, deployment: id, revision: A },
    ]);
    await store.deployments.settle(id, "runner", { outcome: "succeeded", reason: "", hint: "" });
    await store.verifications.record({
      target: API,
      revision: A,
      deployment: undefined,
      results: results("passed", "failed", "warned"),
    });
    expect(await store.verifications.status()).toMatchObject([{ status: "failed", checks: 3, deployment: undefined }]);
    expect(await store.verifications.checks(id)).toHaveLength(2);
  });

  it("tells of one revision at one target, and of nothing else", async () => {
    const store = await freshStore();
    expect(await store.targets.standing(API, A)).toEqual({
      revision: undefined,
      since: undefined,
      verification: undefined,
    });
    const record = (target: typeof API, of: string, ...statuses: readonly CheckStatus[]) =>
      store.verifications.record({ target, revision: of, deployment: undefined, results: results(...statuses) });
    await record(API, A, "passed", "passed");
    await record(API, B, "failed");
    await record({ ...API, environment: "development" }, A, "failed");
    expect((await store.targets.standing(API, A)).verification?.status).toBe("passed");
    expect((await store.targets.standing(API, B)).verification?.status).toBe("failed");
    await record(API, A, "passed", "failed");
    expect((await store.targets.standing(API, A)).verification?.status).toBe("failed");
  });

  it("by hand is kept a hundred times, and those of deployments as long as these", async () => {
    const store = await freshStore();
    const { deployment: id } = await store.queue.enqueue(API, "person", wanted(A));
    await store.queue.claim(id, { leaseMs: 1000, claimer: "{}" });
    await store.queue.adopt(id, { owner: "runner", kind: "process", identity: "{}" }, 1000);
    const deployment = { id, owner: "runner" };
    await store.verifications.record({ target: API, revision: A, deployment, results: results("passed") });
    for (let run = 0; run < 110; run += 1) {
      const of = revision(run < 5 ? "b" : "a");
      await store.verifications.record({
        target: API,
        revision: of,
        deployment: undefined,
        results: results("passed"),
      });
    }
    expect((await store.targets.standing(API, B)).verification).toBeUndefined();
    expect((await store.targets.standing(API, A)).verification?.status).toBe("passed");
    expect(await store.verifications.checks(id)).toHaveLength(1);
  });

  it("is not written by a runner that lost its deployment", async () => {
    const store = await freshStore();
    const { deployment: id } = await store.queue.enqueue(API, "person", wanted(A));
    await store.queue.claim(id, { leaseMs: 1000, claimer: "{}" });
    const deployment = { id, owner: "another" };
    await expect(
      store.verifications.record({ target: API, revision: A, deployment, results: results("passed") }),
    ).rejects.toThrow(LeaseLost);
    expect(await store.verifications.checks(id)).toEqual([]);
  });
});
