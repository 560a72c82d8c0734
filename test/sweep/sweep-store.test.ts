import { describe, expect, it } from "vitest";
import type { Wanted } from "../../src/domain/decision.ts";
import { findMissed } from "../../src/sweep/find-missed.ts";
import { repositoriesOf, sweepRepository } from "../../src/sweep/sweep-repository.ts";
import type { SweepParts } from "../../src/sweep/sweep-repository.ts";
import type { Store } from "../../src/store/store.ts";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";

const [A, B, C] = [revision("a"), revision("b"), revision("c")];
const subscription = { forge: "github", repository: "acme/shop", branches: ["main"], tags: ["v*"], paths: [] };
const TARGET = { ...API, subscription };

async function live(store: Store, hash: string, more: Partial<Wanted> = {}): Promise<void> {
  const { deployment } = await store.queue.enqueue(API, "delivery", wanted(hash, more));
  await end(store, deployment);
}

/** Takes a deployment that waits live. */
async function end(store: Store, deployment: string): Promise<void> {
  await store.queue.claim(deployment, { leaseMs: 1_000, claimer: "{}" });
  await store.queue.adopt(deployment, { owner: "o", kind: "process", identity: "{}" }, 1_000);
  await store.deployments.settle(deployment, "o", { outcome: "succeeded", reason: "", hint: "" });
}

describe("a sweep, with what the store remembers", () => {
  it("does not miss a tag whose deployment is the 201st", async () => {
    const store = await freshStore();
    const remote = new Map<string, string>();
    for (let i = 1; i <= 201; i++) {
      const hash = i.toString(16).padStart(40, "0");
      await live(store, hash, { ref: { kind: "tag", name: `v${i}` } });
      remote.set(`refs/tags/v${i}`, hash);
      if (i % 50 !== 0) continue;
      const { refs } = findMissed(TARGET, remote, await store.sweeps.knownRefs(API));
      await store.sweeps.record(
        "r",
        "",
        refs.map((each) => ({ ...API, ...each })),
      );
    }
    expect(findMissed(TARGET, remote, await store.sweeps.knownRefs(API)).events).toEqual([]);
  });

  it("does not take the place of a rollback that waits, nor does a redelivery", async () => {
    const store = await freshStore();
    await live(store, A);
    await live(store, B);
    const back = await store.queue.enqueue(API, "rollback", wanted(A, { forced: true }));
    expect(findMissed(TARGET, new Map([["refs/heads/main", B]]), await store.sweeps.knownRefs(API)).events).toEqual([]);
    const [recorded] = await store.deliveries.record([delivery(B)]);
    expect(recorded?.decisions[0]).toMatchObject({ decision: "held" });
    expect((await store.deployments.detail(back.deployment))?.deployment.status).toBe("queued");
  });

  it("asks one repository by each of its addresses, and looks again at what came too late", async () => {
    const store = await freshStore();
    await live(store, A);
    const asked: string[] = [];
    const parts: SweepParts = {
      store,
      git: {
        remoteRefs: async (url) => {
          asked.push(url);
          return new Map([["refs/heads/main", B]]);
        },
      },
      // Something else was wished since the remote was asked.
      record: async (incoming) => {
        const [recorded] = await store.deliveries.record([{ ...incoming, sweptAt: "2000-01-01T00:00:00.000Z" }]);
        if (recorded === undefined) throw new Error("nothing was recorded");
        return recorded;
      },
      answers: new Map(),
    };
    const target = (environment: string, url: string) => ({ ...TARGET, environment, clone_url: { reveal: () => url } });
    const repositories = repositoriesOf([target("production", "https"), target("staging", "ssh")]);
    expect(repositories.map(({ name }) => name)).toEqual(["github acme/shop", "github acme/shop (2)"]);
    for (const repository of repositories) await sweepRepository(parts, repository);
    expect(asked).toEqual(["https", "ssh"]);
    const [first] = repositories;
    if (first === undefined) throw new Error("no repository");
    expect(await sweepRepository(parts, first)).toMatchObject({ recorded: [{}], isSettled: false });
  });
});

describe("the first webhook of a push that a sweep has deployed", () => {
  const ref = { kind: "branch", name: "main" } as const;

  /** A push has moved main from A to B, and a sweep has taken it live. */
  async function sweptToB(store: Store): Promise<string> {
    await live(store, A);
    const parts: SweepParts = {
      store,
      git: { remoteRefs: async () => new Map([["refs/heads/main", B]]) },
      record: async (incoming) => {
        // The newest deployment may be of the same millisecond, which would be too late.
        const [recorded] = await store.deliveries.record([{ ...incoming, sweptAt: "9999-01-01T00:00:00.000Z" }]);
        if (recorded === undefined) throw new Error("nothing was recorded");
        return recorded;
      },
    };
    const target = { ...TARGET, clone_url: { reveal: () => "https" } };
    const repository = { name: "github acme/shop", cloneUrl: "https", targets: [target] };
    const {
      recorded: [recorded],
    } = await sweepRepository(parts, repository);
    const swept = recorded?.decisions[0]?.deployment ?? "";
    await end(store, swept);
    return swept;
  }

  it("does not go over what a person has deployed since", async () => {
    const store = await freshStore();
    const swept = await sweptToB(store);
    await end(store, (await store.queue.enqueue(API, "person", wanted(C, { ref: undefined }))).deployment);
    const webhook = delivery(B, { wanted: { ref, previous: A } });
    const [late] = await store.deliveries.record([webhook]);
    expect(late?.decisions[0]).toMatchObject({
      decision: "redelivery",
      deployment: swept,
      reason: `found by a sweep before: deployment ${swept} succeeded`,
    });
    const [again] = await store.deliveries.record([
      delivery(B, { deliveryId: webhook.deliveryId, wanted: { ref, previous: A } }),
    ]);
    expect(again?.decisions[0]).toMatchObject({ decision: "redelivery", deployment: swept });
  });

  it("is another push if it moved the ref from elsewhere, or if the ref was moved away since", async () => {
    for (const [previous, isMovedAway] of [
      [C, false],
      [A, true],
    ] as const) {
      const store = await freshStore();
      await sweptToB(store);
      if (isMovedAway) {
        const [away] = await store.deliveries.record([delivery(A, { wanted: { ref, previous: B } })]);
        await end(store, away?.decisions[0]?.deployment ?? "");
      } else await end(store, (await store.queue.enqueue(API, "person", wanted(C, { ref: undefined }))).deployment);
      const [webhook] = await store.deliveries.record([delivery(B, { wanted: { ref, previous } })]);
      expect(webhook?.decisions[0]).toMatchObject({ decision: "queued" });
    }
  });
});

describe("taking up what died", () => {
  it("counts runners, not launches that came to nothing, and lets one take it", async () => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "delivery", wanted(A));
    await store.queue.claim(deployment, { leaseMs: 1_000, claimer: "{}" });
    for (let i = 0; i < 4; i++) {
      await store.queue.revokeLeases([{ id: deployment, leaseOwner: "launched" }]);
      expect(await store.queue.reclaim(deployment, 1_000, "{}")).toBe(true);
      expect(await store.queue.reclaim(deployment, 1_000, "{}")).toBe(false);
    }
    expect((await store.deployments.detail(deployment))?.deployment.attempt).toBe(0);
    await store.queue.adopt(deployment, { owner: "o", kind: "process", identity: "{}" }, 1_000);
    expect((await store.deployments.detail(deployment))?.deployment.attempt).toBe(1);
  });
});

it("a delivery is found by the forge's id, sent again or not", async () => {
  const store = await freshStore();
  const [first] = await store.deliveries.record([delivery(A, { deliveryId: "guid" })]);
  await store.deliveries.record([delivery(A, { deliveryId: "guid" })]);
  expect(await store.deliveries.find("guid")).toEqual([first?.id]);
});
