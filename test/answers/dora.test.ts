import { describe, expect, it } from "vitest";
import { commonFailures } from "../../src/answers/statistics/common-failures.ts";
import { dora } from "../../src/answers/statistics/dora.ts";
import { percentile } from "../../src/answers/statistics/percentile.ts";
import { sparkline } from "../../src/cli/print/sparkline.ts";
import type { EndedDeployment } from "../../src/store/reads/ended-deployments.ts";

const MINUTE = 60_000;
const START = Date.parse("2026-11-01T00:00:00.000Z");

function at(minute: number): string {
  return new Date(START + minute * MINUTE).toISOString();
}

/** A deployment that waited for a minute. */
function ended(
  id: string,
  status: EndedDeployment["status"],
  [queued, finished]: readonly [number, number],
  more: Partial<EndedDeployment> = {},
): EndedDeployment {
  return {
    id,
    trigger: "delivery",
    status,
    reason: "",
    queuedAt: at(queued),
    startedAt: at(queued + 1),
    finishedAt: at(finished),
    retryOf: null,
    failedStep: undefined,
    ...more,
  };
}

describe("the figures of DORA", () => {
  it("are absent, and not zero, if there is nothing to compute them from", () => {
    expect(dora([], 30)).toEqual({
      deployments_per_day: 0,
      lead_time_ms: null,
      change_failure_rate: null,
      time_to_restore_ms: null,
    });
  });

  it("count what went live, and what of it was taken back by fraisier or by a person", () => {
    const figures = dora(
      [
        ended("1", "succeeded", [0, 4]),
        ended("2", "rolled_back", [10, 17]),
        ended("3", "failed", [20, 22]),
        ended("4", "superseded", [23, 24]),
        ended("5", "succeeded", [30, 36], { trigger: "person" }),
        ended("6", "succeeded", [60, 66], { trigger: "rollback" }),
      ],
      2,
    );
    expect(figures).toEqual({
      deployments_per_day: 1,
      lead_time_ms: 4 * MINUTE,
      change_failure_rate: 2 / 3,
      // Six minutes until the rolled back one was taken back, and half an hour until the person had gone back.
      time_to_restore_ms: 6 * MINUTE,
    });
  });

  it("count a rollback that failed until the next success, and a second rollback in a row not as another failure", () => {
    expect(dora([ended("1", "rollback_failed", [0, 5]), ended("2", "succeeded", [30, 41])], 1)).toMatchObject({
      change_failure_rate: 0.5,
      time_to_restore_ms: 40 * MINUTE,
    });
    const back = { trigger: "rollback" } as const;
    const twice = [
      ended("1", "succeeded", [0, 5]),
      ended("2", "succeeded", [10, 15], back),
      ended("3", "succeeded", [20, 25], back),
    ];
    expect(dora(twice, 1)).toMatchObject({ change_failure_rate: 1, time_to_restore_ms: 10 * MINUTE });
  });

  it("count the lead time of a retry from the first attempt, and none for what a person asked for", () => {
    const retried = [ended("1", "failed", [0, 5]), ended("2", "succeeded", [6, 20], { retryOf: "1" })];
    expect(dora(retried, 1).lead_time_ms).toBe(20 * MINUTE);
    expect(dora([ended("1", "succeeded", [0, 5], { trigger: "person" })], 1).lead_time_ms).toBeNull();
  });
});

describe("common failures", () => {
  it("stand in the order of their number, with the newest of each, and by reason if no step had begun", () => {
    const build = { failedStep: { step: "build", phase: "building" } } as const;
    const found = commonFailures([
      ended("1", "failed", [0, 1], { ...build, reason: "old" }),
      ended("2", "failed", [2, 3], { reason: "the disk is full" }),
      ended("3", "rolled_back", [4, 5], { ...build, reason: "new" }),
      ended("4", "succeeded", [6, 7]),
    ]);
    expect(found).toEqual([
      { step: "build", phase: "building", count: 2, newest: "3", reason: "new" },
      { step: null, phase: null, count: 1, newest: "2", reason: "the disk is full" },
    ]);
  });
});

describe("numbers", () => {
  it("have a median and a 95th percentile that are among them", () => {
    const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(numbers, 0.5), percentile(numbers, 0.95)]).toEqual([50, 95]);
    expect([percentile([7], 0.5), percentile([7], 0.95), percentile([], 0.5)]).toEqual([7, 7, null]);
  });

  it("are bars in proportion, and dots if they are zero", () => {
    expect(sparkline([0, 1, 4, 8])).toBe("·▁▄█");
    expect(sparkline([0, 0])).toBe("··");
  });
});
