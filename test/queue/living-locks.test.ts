import { describe, expect, it } from "vitest";
import type { Lock } from "../../src/domain/lock.ts";
import { ownIdentity } from "../../src/host/process-identity.ts";
import { lifeOfHolder, livingLocks } from "../../src/queue/living-locks.ts";
import { nextTurns } from "../../src/queue/next-turn.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

const held = (holder: object): Lock => ({
  ...API,
  holder: JSON.stringify(holder),
  reason: "a backup is being restored",
  lockedBy: "ann",
  lockedAt: "2026-01-01T00:00:00Z",
});
const ALIVE = held(ownIdentity());
const DEAD = held({ ...ownIdentity(), startTime: "1" });
const ELSEWHERE = held({ ...ownIdentity(), host: "another-machine" });

describe("a lock that a process holds", () => {
  it("goes with its process; of one on another machine nobody can tell", async () => {
    expect([ALIVE, DEAD, ELSEWHERE, { ...ALIVE, holder: "" }].map(lifeOfHolder)).toEqual([
      "alive",
      "dead",
      "unknown",
      undefined,
    ]);
    const store = await freshStore();
    for (const [lock, left] of [
      [DEAD, []],
      [ALIVE, [ALIVE]],
    ] as const) {
      expect(await store.targets.occupy(lock)).toBeUndefined();
      expect(await livingLocks(store)).toEqual(left);
      expect(await store.targets.locks()).toEqual(left);
    }
  });

  it("keeps out deployments that override locks, and every other process, until it is taken away", async () => {
    const store = await freshStore();
    const override = { by: "bob", reason: "now" };
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("a"), { override }));
    expect(await store.targets.occupy(ALIVE)).toBeUndefined();
    expect(await store.targets.occupy(ELSEWHERE)).toEqual({
      kind: "process",
      reason: ALIVE.reason,
      by: "ann",
      holder: ALIVE.holder,
    });
    const situation = { ...(await store.queue.state()), dead: [] };
    const settings = { concurrency: 4, freezeOf: () => [], lenderOf: () => undefined };
    const obstacles = { locks: await livingLocks(store), faults: new Map() };
    expect(nextTurns(situation, settings, obstacles, new Date())).toMatchObject([
      { kind: "wait", for: { kind: "process", work: "a backup is being restored", by: "ann" } },
    ]);
    expect(await store.queue.claim(deployment, { leaseMs: 1_000, claimer: "{}" })).toBe(false);
    // A person's lock is another one, and stays.
    await store.targets.lock({ ...ALIVE, reason: "moving" });
    expect(await store.targets.unlock({ ...API, holder: ALIVE.holder }, "ann", "")).toBe(true);
    expect((await store.targets.locks()).map(({ reason }) => reason)).toEqual(["moving"]);
    expect(await store.queue.claim(deployment, { leaseMs: 1_000, claimer: "{}" })).toBe(true);
    expect(await store.targets.occupy(ALIVE)).toMatchObject({ kind: "deployment", id: deployment, status: "running" });
  });
});
