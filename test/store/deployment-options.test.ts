import { describe, expect, it } from "vitest";
import { readOptions, writeOptions } from "../../src/domain/deployment-options.ts";
import { LeaseLost } from "../../src/store/writes/lease-lost.ts";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";

const A = revision("a");

describe("the options of a deployment", () => {
  it("are the same text for the same wish, and empty for none", () => {
    expect(writeOptions({ groups: [], skip_groups: [], continue_on_failure: false })).toBe("{}");
    expect(writeOptions({ groups: ["b", "a", "b"] })).toBe(writeOptions({ groups: ["a", "b"] }));
    const all = { groups: ["a"], skip_groups: ["b"], continue_on_failure: true, no_health_check: true };
    expect(readOptions(writeOptions({ ...all, skip_validation: true }))).toEqual({ ...all, skip_validation: true });
  });

  it("make another deployment of the same revision: what waits with others is replaced, not taken for it", async () => {
    const store = await freshStore();
    const first = await store.queue.enqueue(API, "person", wanted(A, { options: { groups: ["web"] } }));
    const same = await store.queue.enqueue(API, "person", wanted(A, { options: { groups: ["web"] } }));
    expect(same).toMatchObject({ decision: "redelivery", deployment: first.deployment });
    const other = await store.queue.enqueue(API, "person", wanted(A));
    expect(other.decision).toBe("queued");
    expect((await store.deployments.detail(first.deployment))?.deployment).toMatchObject({
      status: "superseded",
      options: { groups: ["web"] },
    });
  });

  it("do not take care of a push of the same revision if they take only a part", async () => {
    const store = await freshStore();
    await store.queue.enqueue(API, "person", wanted(A, { options: { groups: ["web"] } }));
    const [recorded] = await store.deliveries.record([delivery(A)]);
    expect(recorded?.decisions).toMatchObject([{ decision: "queued" }]);
  });
});

describe("the files of a group", () => {
  it("are recorded by whoever holds the lease, replaced, and taken back", async () => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "person", wanted(A));
    await store.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" });
    await store.queue.adopt(deployment, { owner: "me", kind: "process", identity: "{}" }, 60_000);
    const record = (owner: string, file: string, blob: string | undefined): Promise<void> =>
      store.targets.recordGroupFile(deployment, owner, { group: "web", file, blob });
    await record("me", "a", "1");
    await record("me", "a", "2");
    await record("me", "b", "1");
    await record("me", "b", undefined);
    await expect(record("another", "a", "3")).rejects.toThrow(LeaseLost);
    expect(await store.targets.groupFiles(API, "web")).toEqual(new Map([["a", "2"]]));
    expect(await store.targets.groupFiles(API, "other")).toEqual(new Map());
  });
});
