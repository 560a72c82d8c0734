import { expect, it } from "vitest";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";

it("a wish for a revision that is being taken back never ends with it: it waits its turn", async () => {
  const store = await freshStore();
  const first = await store.queue.enqueue(API, "person", wanted(revision("a")));
  await store.queue.claim(first.deployment, { leaseMs: 1_000, claimer: "{}" });
  await store.queue.adopt(first.deployment, { owner: "runner", kind: "process", identity: "{}" }, 1_000);
  const joined = await store.queue.enqueue(API, "person", wanted(revision("a")));
  expect(joined).toMatchObject({ decision: "redelivery", deployment: first.deployment });
  await store.deployments.beginRollback(first.deployment, "runner", { reason: "it did not hold" });
  const second = await store.queue.enqueue(API, "person", wanted(revision("a")));
  expect(second.decision).toBe("queued");
  expect(second.deployment).not.toBe(first.deployment);
  const third = await store.queue.enqueue(API, "person", wanted(revision("a")));
  expect(third).toMatchObject({ decision: "redelivery", deployment: second.deployment });
});

it("a person's wish takes the place of a push's deployment that waits, which may still be skipped, and joins one that runs", async () => {
  const store = await freshStore();
  const [pushed] = await store.deliveries.record([delivery(revision("a"))]);
  const ofPush = pushed?.decisions[0]?.deployment ?? "";
  const waits = await store.queue.enqueue(API, "person", wanted(revision("a")));
  expect(waits.decision).toBe("queued");
  expect((await store.deployments.detail(ofPush))?.deployment.supersededBy).toBe(waits.deployment);
  await store.queue.cancel(waits.deployment, "ann", "cancelled by ann");
  const again = (await store.deliveries.record([delivery(revision("a"))]))[0]?.decisions[0]?.deployment ?? "";
  await store.queue.claim(again, { leaseMs: 1_000, claimer: "{}" });
  await store.queue.adopt(again, { owner: "runner", kind: "process", identity: "{}" }, 1_000);
  const joined = await store.queue.enqueue(API, "person", wanted(revision("a")));
  expect(joined).toMatchObject({ decision: "redelivery", deployment: again });
});
