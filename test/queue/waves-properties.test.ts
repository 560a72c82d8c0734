import type { Arbitrary } from "fast-check";
import { array, assert, boolean, constant, constantFrom, integer, option, property, record } from "fast-check";
import { describe, it } from "vitest";
import type { Rollout, RolloutMember } from "../../src/domain/rollout.ts";
import { decideWaves } from "../../src/queue/waves.ts";
import { waveSize } from "../../src/queue/wave-order.ts";

const BAKE_MS = 60_000;

const members: Arbitrary<RolloutMember[]> = array(
  record({
    host: constant(""),
    deployment: constant(""),
    status: constantFrom(
      ...(["queued", "queued", "queued", "running", "succeeded", "succeeded", "succeeded", "skipped"] as const),
      ...(["failed", "rolled_back", "cancelled", "superseded", "rolling_back"] as const),
    ),
    wave: option(integer({ min: 0, max: 3 }), { nil: undefined }),
    healthyMs: constantFrom(0, BAKE_MS - 1, BAKE_MS),
    illness: constantFrom(undefined, undefined, undefined, undefined, "500"),
    presence: constantFrom("present", "present", "present", "silent", "drained"),
    rollback: option(
      record({ deployment: constant("B"), status: constantFrom("queued", "running", "succeeded", "failed") }),
      { nil: undefined },
    ),
  }),
  { minLength: 1, maxLength: 8 },
).map((all) =>
  all.map((each, index): RolloutMember => {
    const isBegun = each.status !== "queued" && each.status !== "cancelled" && each.status !== "superseded";
    const wave = isBegun ? (each.wave ?? 0) : each.wave;
    return { ...each, host: `h${index}`, deployment: `d${index}`, wave };
  }),
);

/** Any state in which a rollout may be found, and many in which it never is. */
const rollouts: Arbitrary<Rollout> = record({
  id: constant("R"),
  plan: record({
    order: constantFrom(["*"], ["h1", "*"], ["h2", "h9"], ["*", "h0"]),
    maxParallel: constantFrom<(1 | 2 | "25%" | "50%" | 100)[]>(1, 2, "25%", "50%", 100),
    canary: integer({ min: 0, max: 3 }),
    bakeMs: constantFrom(0, BAKE_MS),
    onFailure: constantFrom("stop", "roll_back"),
    maxUnavailable: constantFrom<(0 | 1 | 8 | "50%")[]>(0, 1, 8, "50%"),
    absent: constantFrom("skip", "wait", "fail"),
    timeoutMs: constantFrom(undefined, 1_000),
    isFirstAlone: boolean(),
  }),
  members,
  runsForMs: constantFrom(0, 2_000),
  replacedBy: constantFrom(undefined, undefined, undefined, "S"),
  older: constantFrom(undefined, undefined, undefined, { id: "Q", hosts: ["h0"] }),
  trouble: constantFrom(undefined, undefined, undefined, { kind: "timeout" as const, limitMs: 1 }),
  outcome: constantFrom(undefined, undefined, undefined, "succeeded", "failed", "rolled_back"),
});

const RUNS = 5_000;
const of = (rollout: Rollout, id: string): RolloutMember | undefined =>
  rollout.members.find(({ deployment }) => deployment === id);

function expectAlways(holds: (rollout: Rollout) => boolean): void {
  assert(property(rollouts, holds), { numRuns: RUNS, seed: 1 });
}

describe("in whatever state a rollout is found", () => {
  it("each queued deployment begins, or waits for something, or is ended, and none does two of these", () => {
    expectAlways((rollout) => {
      const { begins, waits, ends, end } = decideWaves(rollout);
      const told = [...begins.map(({ deployment }) => deployment), ...waits.keys(), ...ends];
      const queued = rollout.members.filter(({ status }) => status === "queued").map(({ deployment }) => deployment);
      // At the end of a rollout absent hosts are left out, and wait for themselves.
      const isLeftOut = (id: string): boolean => end !== undefined && of(rollout, id)?.presence !== "present";
      const untold = queued.filter((id) => !told.includes(id));
      return new Set(told).size === told.length && told.every((id) => queued.includes(id)) && untold.every(isLeftOut);
    });
  });

  it("no deployment begins on a host that is silent or drained", () => {
    expectAlways((rollout) =>
      decideWaves(rollout).begins.every(({ deployment }) => of(rollout, deployment)?.presence === "present"),
    );
  });

  it("no deployment begins after a failure, a newer push or trouble", () => {
    expectAlways((rollout) => {
      const isOver =
        rollout.replacedBy !== undefined ||
        rollout.trouble !== undefined ||
        rollout.members.some(
          ({ status, illness }) =>
            status === "failed" || status === "rolled_back" || (status === "succeeded" && illness !== undefined),
        );
      return !isOver || rollout.outcome === "succeeded" || decideWaves(rollout).begins.length === 0;
    });
  });

  it("no wave becomes larger than its plan, and no new wave begins while the one before is at work or not proven", () => {
    expectAlways((rollout) => {
      if (rollout.outcome !== undefined) return true;
      const all = rollout.members.length;
      const newest = Math.max(-1, ...rollout.members.map(({ wave = -1 }) => wave));
      return decideWaves(rollout).begins.every(({ deployment, wave }, _, begins) => {
        if (of(rollout, deployment)?.wave !== undefined) return true;
        const isOfWave = (each: { readonly wave: number | undefined }): boolean => each.wave === wave;
        const added = begins.filter((each) => isOfWave(each) && of(rollout, each.deployment)?.wave === undefined);
        const size = rollout.members.filter(isOfWave).length + added.length;
        const isProven = rollout.members.every(
          ({ wave: own, status, healthyMs }) =>
            own === undefined ||
            (status !== "queued" &&
              status !== "running" &&
              status !== "rolling_back" &&
              (own < newest || status !== "succeeded" || healthyMs >= rollout.plan.bakeMs)),
        );
        return size <= waveSize(rollout.plan, wave, all) && (wave === newest || isProven);
      });
    });
  });

  it("only a wave by itself does the work that is done once", () => {
    expectAlways((rollout) =>
      decideWaves(rollout).begins.every(({ isFirst, wave }) => isFirst === (rollout.plan.isFirstAlone && wave === 0)),
    );
  });

  it("something is due, or somebody is at work, or a host, time or another rollout is waited for", () => {
    expectAlways((rollout) => {
      if (rollout.outcome !== undefined) return true;
      const { begins, waits, ends, takesBack, end } = decideWaves(rollout);
      if (begins.length + ends.length + takesBack.length > 0 || end !== undefined) return true;
      const isAtWork = rollout.members.some(
        ({ status, rollback }) =>
          status === "running" ||
          status === "rolling_back" ||
          (rollback !== undefined && ["queued", "running"].includes(rollback.status)),
      );
      const isBaking = rollout.members.some(({ healthyMs }) => healthyMs < rollout.plan.bakeMs);
      const others = [...waits.values()].some(
        ({ kind }) => kind === "absence" || kind === "older" || kind === "unavailable",
      );
      return isAtWork || isBaking || others;
    });
  });

  it("only hosts that succeeded go back, each of them once, and none while another one still runs", () => {
    expectAlways((rollout) => {
      const { takesBack } = decideWaves(rollout);
      const runs = rollout.members.some(
        ({ status, presence }) => (status === "running" || status === "rolling_back") && presence !== "silent",
      );
      return (
        takesBack.every(({ status, rollback }) => status === "succeeded" && rollback === undefined) &&
        (takesBack.length === 0 || !runs || rollout.outcome !== undefined)
      );
    });
  });

  it("the decision is the same, in whatever order its members come", () => {
    expectAlways((rollout) => {
      const turned = { ...rollout, members: rollout.members.toReversed() };
      const text = ({ begins, ends, takesBack, end }: ReturnType<typeof decideWaves>): string =>
        JSON.stringify([begins, ends.toSorted(), takesBack.map(({ host }) => host).toSorted(), end?.outcome]);
      return text(decideWaves(rollout)) === text(decideWaves(turned));
    });
  });
});
