import { expect, it } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";

const [A, B, C] = ["a", "b", "c"].map(revision) as [string, string, string];

async function push(store: Store, to: string): Promise<string> {
  return (await store.deliveries.record([delivery(to)]))[0]?.decisions[0]?.deployment ?? "";
}

async function claim(store: Store): Promise<string> {
  const [waiting] = (await store.queue.state()).queued;
  const id = waiting?.id ?? "";
  await store.queue.claim(id, { leaseMs: 1_000, claimer: "{}" });
  await store.queue.adopt(id, { owner: "runner", kind: "process", identity: "{}" }, 1_000);
  return id;
}

/** What a runner does whose deployment is not needed. */
async function skip(store: Store, id: string, instead?: string): Promise<void> {
  const ending = { outcome: "skipped", reason: "it was pushed away", hint: "" } as const;
  await store.deployments.settle(id, "runner", { ...ending, bringsBack: { instead } });
}

async function waitingRevision(store: Store): Promise<string | undefined> {
  const [waiting] = (await store.queue.state()).queued;
  return waiting === undefined ? undefined : (await store.deployments.detail(waiting.id))?.deployment.revision;
}

it("a needless deployment gives its place back, one after the other, to what it had replaced", async () => {
  const store = await freshStore();
  const first = await push(store, A);
  const byHand = await store.queue.enqueue(API, "person", wanted(B, { ref: undefined }));
  await push(store, C);
  await skip(store, await claim(store));
  const second = await claim(store);
  expect((await store.deployments.detail(second))?.deployment).toMatchObject({
    revision: B,
    trigger: "person",
    ref: undefined,
  });
  expect((await store.deployments.detail(byHand.deployment))?.deployment.supersededBy).toBe(second);
  await skip(store, second);
  const third = await claim(store);
  expect((await store.deployments.detail(third))?.deployment).toMatchObject({ revision: A, trigger: "delivery" });
  expect((await store.deployments.detail(first))?.deployment.supersededBy).toBe(third);
  await skip(store, third);
  expect((await store.queue.state()).queued).toEqual([]);
});

it("nothing is brought back over what waits already", async () => {
  const store = await freshStore();
  await push(store, A);
  await push(store, B);
  const needless = await claim(store);
  const newer = await push(store, C);
  await skip(store, needless);
  expect((await store.queue.state()).queued.map(({ id }) => id)).toEqual([newer]);
});

it("the retry of a deployment gives its place back to what its first attempt had replaced", async () => {
  const store = await freshStore();
  await push(store, A);
  await push(store, B);
  const first = await claim(store);
  await store.deployments.settle(first, "runner", {
    outcome: "failed",
    reason: "the disk is full",
    hint: "",
    retry: { limit: 3, because: "the disk is full" },
  });
  const retry = await claim(store);
  expect((await store.deployments.detail(retry))?.deployment).toMatchObject({ revision: B, retry: 1 });
  expect((await store.queue.replacedBy(retry)).map((each) => each.revision)).toEqual([A]);
  await skip(store, retry);
  expect(await waitingRevision(store)).toBe(A);
});

it("a deployment that was brought back is not among those that it had replaced", async () => {
  const store = await freshStore();
  await push(store, A);
  await push(store, B);
  await skip(store, await claim(store));
  const again = await claim(store);
  expect(await store.queue.replacedBy(again)).toEqual([]);
});

it("a newer push comes back in its place, but no person's own wish that had replaced it is passed over", async () => {
  for (const [byHand, expected] of [
    [false, A],
    [true, B],
  ] as const) {
    const store = await freshStore();
    await push(store, A);
    if (byHand) await store.queue.enqueue(API, "person", wanted(B, { ref: undefined }));
    else await push(store, B);
    await push(store, C);
    await skip(store, await claim(store), A);
    expect(await waitingRevision(store)).toBe(expected);
  }
});

it("a push that is held meanwhile is not brought back: the one before it is", async () => {
  const store = await freshStore();
  const bad = await push(store, B);
  await store.queue.claim(bad, { leaseMs: 1_000, claimer: "{}" });
  await store.queue.adopt(bad, { owner: "runner", kind: "process", identity: "{}" }, 1_000);
  await store.deployments.beginRollback(bad, "runner", { reason: "unhealthy" });
  await push(store, A);
  const again = await push(store, B);
  await push(store, C);
  const ending = { outcome: "rolled_back", reason: "unhealthy", hint: "", isBadRevision: true } as const;
  await store.deployments.settle(bad, "runner", ending);
  const last = await claim(store);
  // Its runner compares it with these: it does not give way to a push that is held.
  expect((await store.queue.replacedBy(last)).map((each) => each.revision)).toEqual([A]);
  await skip(store, last);
  expect((await store.deployments.detail(again))?.deployment.status).toBe("superseded");
  expect(await waitingRevision(store)).toBe(A);
});
