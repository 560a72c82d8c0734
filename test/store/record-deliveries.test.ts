import { describe, expect, it } from "vitest";
import type { Outcome } from "../../src/domain/deployment.ts";
import type { Store } from "../../src/store/store.ts";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";

const A = revision("a");
const B = revision("b");
const C = revision("c");
const WEB = { ...API, fraise: "web" };

/** Claims, runs and ends a deployment, as a runner does. */
async function settle(store: Store, id: string, outcome: Outcome, isBadRevision = false): Promise<void> {
  expect(await store.queue.claim(id, { leaseMs: 1000, claimer: "{}" })).toBe(true);
  expect(await store.queue.adopt(id, { owner: "runner", kind: "process", identity: "{}" }, 1000)).toBe(true);
  if (outcome === "rolled_back") await store.deployments.beginRollback(id, "runner", { reason: "unhealthy" });
  await store.deployments.settle(id, "runner", {
    outcome,
    reason: outcome === "succeeded" ? "" : "unhealthy",
    hint: "",
    isBadRevision,
  });
}

async function record(store: Store, ...deliveries: Parameters<Store["deliveries"]["record"]>[0]) {
  const recorded = await store.deliveries.record(deliveries);
  return recorded.map(({ decisions, redeliveryOf }) => ({ ...decisions[0], redeliveryOf }));
}

describe("recording deliveries", () => {
  it("queues the pushed revision and remembers who decided what", async () => {
    const store = await freshStore();
    const [first] = await record(store, delivery(A));
    expect(first).toMatchObject({ decision: "queued", target: API });
    const [row] = await store.deployments.history({ limit: 10 });
    expect(row).toMatchObject({
      id: first?.deployment,
      revision: A,
      status: "queued",
      trigger: "delivery",
      ref: { kind: "branch", name: "main" },
    });
    const [event] = await store.deliveries.history({ limit: 10 });
    expect(event).toMatchObject({
      decision: "queued",
      verified: true,
      decisions: [{ deployment: first?.deployment, ref: "refs/heads/main" }],
    });
  });

  it("keeps one waiting deployment per target: a newer push replaces it, and the older one names its successor", async () => {
    const store = await freshStore();
    const [first] = await record(store, delivery(A));
    const [second] = await record(store, delivery(B));
    const rows = await store.deployments.history({ limit: 10 });
    expect(rows.map(({ id, status, supersededBy }) => ({ id, status, supersededBy }))).toEqual([
      { id: second?.deployment, status: "queued", supersededBy: undefined },
      { id: first?.deployment, status: "superseded", supersededBy: second?.deployment },
    ]);
  });

  it("does the same for pushes that share one commit", async () => {
    const store = await freshStore();
    await record(store, delivery(A));
    const [second, third] = await record(store, delivery(B), delivery(C));
    const rows = await store.deployments.history({ limit: 10 });
    expect(rows.map(({ status, revision: which }) => [status, which])).toEqual([
      ["queued", C],
      ["superseded", B],
      ["superseded", A],
    ]);
    expect(rows.find(({ id }) => id === second?.deployment)?.supersededBy).toBe(third?.deployment);
  });

  it("does not queue the same delivery twice, under the same id or as the same bytes where a redelivery has a new id", async () => {
    const store = await freshStore();
    const original = delivery(A, { bodySha256: "bytes" });
    const [first] = await record(store, original);
    const sameId = delivery(A, { deliveryId: original.deliveryId });
    const sameBytes = delivery(A, { bodySha256: original.bodySha256 });
    for (const again of [sameId, sameBytes]) {
      const [answer] = await record(store, again);
      expect(answer).toMatchObject({
        decision: "redelivery",
        deployment: first?.deployment,
        redeliveryOf: original.id,
      });
    }
    await settle(store, first?.deployment ?? "", "succeeded");
    expect((await record(store, delivery(A, { deliveryId: original.deliveryId })))[0]).toMatchObject({
      decision: "redelivery",
    });
    expect(await store.deployments.history({ limit: 10 })).toHaveLength(1);
  });

  it.each(["each by itself", "all in one commit"])(
    "takes a twin for a new push once a later push has moved its ref (%s), also if redeliveries have new ids",
    async (how) => {
      const store = await freshStore();
      const first = delivery(B, { bodySha256: "bytes", wanted: { previous: A } });
      const [one] = await record(store, first);
      await settle(store, one?.deployment ?? "", "succeeded");
      const back = delivery(A, { bodySha256: "other bytes", wanted: { previous: B } });
      const twin = (): ReturnType<typeof delivery> =>
        delivery(B, { bodySha256: first.bodySha256, wanted: { previous: A } });
      const third = twin();
      const [two, three] =
        how === "all in one commit"
          ? await record(store, back, third)
          : [...(await record(store, back)), ...(await record(store, third))];
      expect(two?.decision).toBe("queued");
      expect(three).toMatchObject({ decision: "queued", redeliveryOf: undefined });
      await settle(store, three?.deployment ?? "", "succeeded");
      // "Redeliver" of the third: its bytes came twice now, and the newest of them counts.
      expect((await record(store, twin()))[0]).toMatchObject({
        decision: "redelivery",
        deployment: three?.deployment,
        redeliveryOf: third.id,
      });
    },
  );

  it("takes a twin for a new push once a later push has moved its ref, also if a person has replayed the first one since", async () => {
    const store = await freshStore();
    const first = delivery(B, { bodySha256: "bytes", wanted: { previous: A } });
    await record(store, first);
    const [back] = await record(store, delivery(A, { wanted: { previous: B } }));
    const replay = delivery(B, { deliveryId: first.deliveryId, bodySha256: "bytes", wanted: { previous: A } });
    expect((await record(store, replay))[0]).toMatchObject({ decision: "redelivery", deployment: back?.deployment });
    const [third] = await record(store, delivery(B, { bodySha256: "bytes", wanted: { previous: A } }));
    expect(third).toMatchObject({ decision: "queued", redeliveryOf: undefined });
  });

  it.each(["each by itself", "all in one commit"])(
    "takes a twin for a new push once a later push has moved its ref (%s), also if that push was taken care of by a deployment by hand",
    async (how) => {
      const store = await freshStore();
      await record(store, delivery(B, { bodySha256: "bytes", wanted: { previous: A } }));
      const byHand = await store.queue.enqueue(API, "person", wanted(A));
      const back = delivery(A, { wanted: { previous: B, forced: true } });
      const third = delivery(B, { bodySha256: "bytes", wanted: { previous: A } });
      const [two, three] =
        how === "all in one commit"
          ? await record(store, back, third)
          : [...(await record(store, back)), ...(await record(store, third))];
      expect(two).toMatchObject({ decision: "redelivery", deployment: byHand.deployment, redeliveryOf: undefined });
      expect(three).toMatchObject({ decision: "queued", redeliveryOf: undefined });
    },
  );

  it("deploys no push again because a later deployment of its revision was taken back by itself", async () => {
    const store = await freshStore();
    const original = delivery(A);
    const first = (await record(store, original))[0]?.deployment ?? "";
    await settle(store, first, "succeeded");
    const byHand = await store.queue.enqueue(API, "person", wanted(A));
    await settle(store, byHand.deployment, "rolled_back");
    const [again] = await record(store, delivery(A, { deliveryId: original.deliveryId }));
    expect(again).toMatchObject({ decision: "redelivery", deployment: first });
  });

  it("decides for each target by itself whether a twin is a redelivery", async () => {
    const store = await freshStore();
    const both = (to: string, from: string): ReturnType<typeof delivery>["proposals"] =>
      [API, WEB].map((target) => ({ kind: "wish", target, wanted: wanted(to, { previous: from }) }));
    const first = delivery(B, { bodySha256: "bytes", proposals: both(B, A) });
    const [one] = await store.deliveries.record([first]);
    for (const { deployment } of one?.decisions ?? []) await settle(store, deployment ?? "", "succeeded");
    await record(store, delivery(A, { wanted: { previous: B } }));
    const [again] = await store.deliveries.record([
      delivery(B, { bodySha256: first.bodySha256, proposals: both(B, A) }),
    ]);
    expect(again?.decisions.map(({ decision }) => decision)).toEqual(["queued", "redelivery"]);
  });

  it("takes no twin for a new push because of a deployment by hand, a rollback or another ref", async () => {
    const store = await freshStore();
    const first = delivery(B, { bodySha256: "bytes" });
    const [one] = await record(store, first);
    await settle(store, one?.deployment ?? "", "succeeded");
    const [tag] = await record(store, delivery(C, { wanted: { ref: { kind: "tag", name: "main" } } }));
    await settle(store, tag?.deployment ?? "", "succeeded");
    const byHand = await store.queue.enqueue(API, "person", wanted(A));
    await settle(store, byHand.deployment, "succeeded");
    const [again] = await record(store, delivery(B, { bodySha256: first.bodySha256 }));
    expect(again).toMatchObject({ decision: "redelivery", deployment: one?.deployment });
  });

  it("does not call a new ref on a commit that is on its way a redelivery", async () => {
    const store = await freshStore();
    await record(store, delivery(A));
    const [tag] = await record(store, delivery(A, { wanted: { ref: { kind: "tag", name: "v1" } } }));
    expect(tag).toMatchObject({ decision: "queued", redeliveryOf: undefined });
    const [again] = await record(store, delivery(A, { wanted: { ref: { kind: "tag", name: "v1" } } }));
    expect(again).toMatchObject({ decision: "redelivery", deployment: tag?.deployment });
  });

  it("names the command that allows a held revision again", async () => {
    const store = await freshStore();
    const [first] = await record(store, delivery(A));
    await settle(store, first?.deployment ?? "", "rolled_back", true);
    const [held] = await record(store, delivery(A));
    expect(held).toMatchObject({ decision: "held" });
    expect(held?.reason).toMatch(/; "fraisier resume api production" allows it again$/);
  });

  it("records one delivery for five thousand targets", async () => {
    const store = await freshStore();
    const proposals = Array.from({ length: 5_000 }, (_, n) => ({
      kind: "wish" as const,
      target: { fraise: "shop", environment: `customer-${n}`, job: "" },
      wanted: wanted(A),
    }));
    const [all] = await store.deliveries.record([delivery(A, { proposals })]);
    expect(all?.decisions.filter(({ decision }) => decision === "queued")).toHaveLength(5_000);
    expect((await store.queue.state()).queued).toHaveLength(5_000);
    expect((await store.deliveries.history({ limit: 1 }))[0]?.decisions).toHaveLength(5_000);
    const again = await store.deliveries.record([
      delivery(B, { proposals: proposals.map((each) => ({ ...each, wanted: wanted(B) })) }),
    ]);
    expect(again[0]?.decisions.every(({ reason }) => reason.includes("replaces the waiting deployment"))).toBe(true);
  });

  it("meets twins that arrive in the same commit", async () => {
    const store = await freshStore();
    const original = delivery(A);
    const [first, second] = await record(store, original, delivery(A, { deliveryId: original.deliveryId }));
    expect(first?.decision).toBe("queued");
    expect(second).toMatchObject({ decision: "redelivery", deployment: first?.deployment });
  });

  it("repairs: a redelivery of a push whose deployment failed is queued again", async () => {
    const store = await freshStore();
    const original = delivery(A);
    const [first] = await record(store, original);
    await settle(store, first?.deployment ?? "", "failed");
    const [again] = await record(store, delivery(A, { deliveryId: original.deliveryId }));
    expect(again).toMatchObject({ decision: "queued", redeliveryOf: original.id });
    const [third] = await record(store, delivery(A, { deliveryId: original.deliveryId }));
    expect(third).toMatchObject({ decision: "redelivery", deployment: again?.deployment });
  });

  it("does not queue a redelivered push while its retry runs: what a person chose since then stays", async () => {
    const store = await freshStore();
    const original = delivery(A);
    const first = (await record(store, original))[0]?.deployment ?? "";
    await store.queue.claim(first, { leaseMs: 1000, claimer: "{}" });
    await store.queue.adopt(first, { owner: "runner", kind: "process", identity: "{}" }, 1000);
    const because = "the disk is full";
    const ending = { outcome: "failed", reason: because, hint: "", retry: { limit: 3, because } } as const;
    await store.deployments.settle(first, "runner", ending);
    const retry = (await store.queue.state()).queued[0]?.id ?? "";
    await store.queue.claim(retry, { leaseMs: 1000, claimer: "{}" });
    const chosen = await store.queue.enqueue(API, "person", wanted(B));
    const [again] = await record(store, delivery(A, { deliveryId: original.deliveryId }));
    expect(again).toMatchObject({ decision: "redelivery", deployment: retry, redeliveryOf: original.id });
    expect((await store.queue.state()).queued.map(({ id }) => id)).toEqual([chosen.deployment]);
  });

  it("does not take a redelivered push up again when the one that replaced it succeeded", async () => {
    const store = await freshStore();
    const original = delivery(A);
    await record(store, original);
    const [second] = await record(store, delivery(B));
    await settle(store, second?.deployment ?? "", "succeeded");
    const [again] = await record(store, delivery(A, { deliveryId: original.deliveryId }));
    expect(again).toMatchObject({ decision: "redelivery", deployment: second?.deployment });
  });

  it("takes A, B and back to A for the three changes they are", async () => {
    const store = await freshStore();
    const [first] = await record(store, delivery(A));
    await settle(store, first?.deployment ?? "", "succeeded");
    await record(store, delivery(B, { wanted: { previous: A } }));
    const [back] = await record(store, delivery(A, { wanted: { previous: B, forced: true } }));
    expect(back?.decision).toBe("queued");
  });

  it("says that a revision runs already instead of deploying it again", async () => {
    const store = await freshStore();
    const [first] = await record(store, delivery(A));
    await settle(store, first?.deployment ?? "", "succeeded");
    expect((await record(store, delivery(A)))[0]).toMatchObject({ decision: "skipped", deployment: first?.deployment });
  });

  it("holds a revision that was pushed again while it was taken back, and leaves a person's wish for it alone", async () => {
    for (const [again, status] of [
      ["push", "cancelled"],
      ["person", "queued"],
    ] as const) {
      const store = await freshStore();
      const id = (await record(store, delivery(A)))[0]?.deployment ?? "";
      await store.queue.claim(id, { leaseMs: 1000, claimer: "{}" });
      await store.queue.adopt(id, { owner: "runner", kind: "process", identity: "{}" }, 1000);
      await store.deployments.beginRollback(id, "runner", { reason: "unhealthy" });
      const second =
        again === "push" ? (await record(store, delivery(A)))[0] : await store.queue.enqueue(API, "person", wanted(A));
      expect(second?.decision).toBe("queued");
      await store.deployments.settle(id, "runner", {
        outcome: "rolled_back",
        reason: "unhealthy",
        hint: "",
        isBadRevision: true,
      });
      const ended = (await store.deployments.detail(second?.deployment ?? ""))?.deployment;
      expect(ended?.status).toBe(status);
      if (again === "push")
        expect(ended?.reason).toMatch(/is not deployed again by itself: .*unhealthy; "fraisier resume/);
    }
  });

  it("holds a revision that was rolled back, and lets go with a newer one", async () => {
    const store = await freshStore();
    const [first] = await record(store, delivery(A));
    await settle(store, first?.deployment ?? "", "rolled_back", true);
    expect((await store.targets.status())[0]?.hold?.reason).toContain("unhealthy");
    expect((await record(store, delivery(A)))[0]).toMatchObject({ decision: "held" });
    expect((await record(store, delivery(B)))[0]).toMatchObject({ decision: "queued" });
    expect((await store.targets.status())[0]).toMatchObject({ hold: undefined });
  });

  it("stores refused deliveries without a body, and never takes them for the first of a redelivery", async () => {
    const store = await freshStore();
    const refused = delivery(A, {
      verified: false,
      httpStatus: 401,
      body: undefined,
      refusal: "bad signature",
      proposals: [],
    });
    await record(store, refused);
    expect((await store.deliveries.history({ limit: 1 }))[0]).toMatchObject({
      decision: "refused",
      reason: "bad signature",
      httpStatus: 401,
    });
    expect((await record(store, delivery(A, { deliveryId: refused.deliveryId })))[0]).toMatchObject({
      decision: "queued",
    });
  });

  it("lets only one claim and one runner win", async () => {
    const store = await freshStore();
    const [first] = await record(store, delivery(A));
    const id = first?.deployment ?? "";
    expect(await store.queue.claim(id, { leaseMs: 1000, claimer: "{}" })).toBe(true);
    expect(await store.queue.claim(id, { leaseMs: 1000, claimer: "{}" })).toBe(false);
    const [second] = await record(store, delivery(B));
    expect(await store.queue.claim(second?.deployment ?? "", { leaseMs: 1000, claimer: "{}" })).toBe(false);
    expect(await store.queue.adopt(id, { owner: "one", kind: "process", identity: "{}" }, 1000)).toBe(true);
    expect(await store.queue.adopt(id, { owner: "two", kind: "process", identity: "{}" }, 1000)).toBe(false);
    await expect(store.deployments.settle(id, "two", { outcome: "succeeded", reason: "", hint: "" })).rejects.toThrow(
      "taken over",
    );
  });
});

/** CPU time of this process, in milliseconds: a busy machine does not change it much. */
async function cpuOf(act: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

it("a redelivery for very many targets costs no more than its push did", async () => {
  const store = await freshStore();
  const push = (): Parameters<Store["deliveries"]["record"]>[0] => [
    delivery(A, {
      deliveryId: "the push",
      proposals: Array.from({ length: 12_000 }, (_, index) => ({
        kind: "wish" as const,
        target: { ...API, fraise: `api${index}` },
        wanted: wanted(A),
      })),
    }),
  ];
  const first = await cpuOf(() => store.deliveries.record(push()));
  let again: Awaited<ReturnType<Store["deliveries"]["record"]>> = [];
  const redelivered = await cpuOf(async () => {
    again = await store.deliveries.record(push());
  });
  expect(new Set(again[0]?.decisions.map(({ decision }) => decision))).toEqual(new Set(["redelivery"]));
  // Asking the whole queue once for each target costs seconds at this number.
  expect(redelivered).toBeLessThan(first);
});
