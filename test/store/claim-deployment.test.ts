import { describe, expect, it } from "vitest";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

const OTHER = { ...API, fraise: "other" };

describe("claiming a deployment", () => {
  it("gives no more places than there are, also to two processes that looked at the queue at one moment", async () => {
    const store = await freshStore();
    const { deployment: first } = await store.queue.enqueue(API, "person", wanted(revision("a")));
    const { deployment: second } = await store.queue.enqueue(OTHER, "person", wanted(revision("b")));
    const claims = [first, second].map((id) => store.queue.claim(id, { leaseMs: 1_000, claimer: "{}", places: 1 }));
    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
  });

  it("counts no deployment whose runner was found dead", async () => {
    const store = await freshStore();
    const { deployment: first } = await store.queue.enqueue(API, "person", wanted(revision("a")));
    const { deployment: second } = await store.queue.enqueue(OTHER, "person", wanted(revision("b")));
    await store.queue.claim(first, { leaseMs: 1_000, claimer: "{}", places: 1 });
    expect(await store.queue.claim(second, { leaseMs: 1_000, claimer: "{}", places: 1 })).toBe(false);
    const { running } = await store.queue.state();
    await store.queue.revokeLeases(running);
    expect(await store.queue.claim(second, { leaseMs: 1_000, claimer: "{}", places: 1 })).toBe(true);
  });
});
