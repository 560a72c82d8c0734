import { describe, expect, it } from "vitest";
import { timelineOf } from "../../src/answers/targets/timeline.ts";
import type { TimelineEntry } from "../../src/answers/targets/timeline.ts";
import { dayColumns, drawDays } from "../../src/pages/drawings/draw-days.ts";
import { drawTimeline } from "../../src/pages/drawings/draw-timeline.ts";
import { drawTrend } from "../../src/pages/drawings/draw-trend.ts";
import { timeScale } from "../../src/pages/drawings/time-scale.ts";

const NOW = new Date("2026-11-22T12:00:00.000Z");

/** A deployment that was queued so many hours ago and ended half an hour later. */
function entry(hoursAgo: number, more: Partial<TimelineEntry> = {}): TimelineEntry {
  const at = (hours: number): string => new Date(NOW.getTime() - hours * 3_600_000).toISOString();
  return {
    id: `d${hoursAgo}`,
    trigger: "delivery",
    triggered_by: "ann",
    revision: `${hoursAgo}`.padStart(40, "a"),
    status: "succeeded",
    reason: "",
    queued_at: at(hoursAgo),
    started_at: at(hoursAgo),
    finished_at: at(hoursAgo - 0.5),
    ...more,
  } as TimelineEntry;
}

const NOTHING = { bad: new Set<string>(), releases: [], hold: undefined, now: NOW };

describe("the timeline of a target", () => {
  it("shows the smallest usual window that has enough deployments, and what was live then", () => {
    const often = Array.from({ length: 14 }, (_, index) => entry(index + 1));
    expect(timelineOf({ ...NOTHING, deployments: [...often, entry(400)] })).toMatchObject({
      since: "2026-11-21T12:00:00.000Z",
      until: NOW.toISOString(),
    });
    const few = timelineOf({ ...NOTHING, deployments: [entry(2), entry(100)] });
    expect(few.since).toBe("2026-11-15T12:00:00.000Z");
    expect(few.live).toMatchObject([
      { deployment: "d100", until: entry(2).finished_at },
      { deployment: "d2", until: null },
    ]);
    expect(timelineOf({ ...NOTHING, deployments: [] }).deployments).toEqual([]);
    // A single deployment of years ago is still in sight.
    expect(timelineOf({ ...NOTHING, deployments: [entry(50_000)] }).since).toBe(entry(50_000).queued_at);
  });

  it("shows a few minutes or hours of a target whose whole history is as short", () => {
    const since = (...hoursAgo: readonly number[]): string =>
      timelineOf({ ...NOTHING, deployments: hoursAgo.map((each) => entry(each)) }).since;
    expect(since(0.1, 0.15)).toBe("2026-11-22T11:50:00.000Z");
    expect(since(0.1, 0.9)).toBe("2026-11-22T11:00:00.000Z");
    expect(since(0.1, 5)).toBe("2026-11-22T06:00:00.000Z");
    expect(since(0.1, 7)).toBe("2026-11-21T12:00:00.000Z");
  });

  it("has a hold from a bad revision, or a rollback by hand, to the next wish or the person who ended it", () => {
    const bad = entry(20, { status: "rolled_back", reason: "it answers 500" });
    const by = entry(5, { trigger: "rollback" });
    const timeline = timelineOf({
      ...NOTHING,
      bad: new Set([bad.id]),
      deployments: [by, entry(12), bad, entry(22, { status: "rolled_back" })],
      releases: [new Date(NOW.getTime() - 2 * 3_600_000).toISOString()],
    });
    expect(timeline.holds).toEqual([
      { from: bad.finished_at, until: entry(12).queued_at, reason: "it answers 500" },
      { from: by.finished_at, until: "2026-11-22T10:00:00.000Z", reason: "rolled back by ann" },
    ]);
    const now = { reason: "it answers 500", since: bad.finished_at ?? "" };
    expect(timelineOf({ ...NOTHING, bad: new Set([bad.id]), deployments: [bad], hold: now }).holds).toEqual([
      { from: bad.finished_at, until: null, reason: "it answers 500" },
    ]);
  });
});

describe("drawings", () => {
  it("have words for those who do not see them, and keep what strangers wrote as text", async () => {
    const evil = '"><script>alert(1)</script>';
    const timeline = timelineOf({
      ...NOTHING,
      deployments: [
        entry(1, { status: "running", finished_at: null }),
        entry(3, { status: "rolled_back", reason: evil }),
        entry(9),
        entry(9.01, { trigger: "rollback" }),
      ],
      hold: { reason: evil, since: entry(3).finished_at ?? "" },
    });
    const drawn = String(await drawTimeline(timeline));
    expect(drawn).toContain("4 deployments: 1 rolled back by hand, 1 went live, 1 taken back, 1 in work.");
    expect(drawn).toContain("On hold once.");
    expect(drawn).toContain('href="/deployments/d9"');
    expect(drawn).toContain("&lt;script&gt;");
    for (const wrong of ["<script>", "NaN", "undefined", "style="]) expect(drawn).not.toContain(wrong);
    // Marks of one moment stand above each other.
    const heights = [...drawn.matchAll(/class="mark-at"\s+x="[^"]+"\s+y="([^"]+)"/g)].map(([, y]) => y);
    expect(new Set(heights).size).toBeGreaterThan(1);
  });

  it("draw durations with their median, and days with their successes below their failures", async () => {
    const took = [1_000, 3_000, 2_000].map((ms, index) => ({
      id: `d${index}`,
      revision: "a".repeat(40),
      ms,
      hasSucceeded: index !== 1,
    }));
    const trend = String(await drawTrend(took));
    expect(trend).toContain(
      "3 deployments, oldest first. The longest took 3.0 s. The median of the successes is 1.0 s.",
    );
    expect(trend).toContain("failed after 3.0 s");
    expect(trend).not.toMatch(/NaN|undefined/);
    expect(String(await drawTrend([]))).toContain("No deployment has ended yet.");

    const byDay = [{ day: "2026-11-20", succeeded: 3, failed: 1 }];
    const week = dayColumns(byDay, { since: "2026-11-16", days: 7 });
    expect(week).toHaveLength(7);
    expect(week[4]).toEqual({ first: "2026-11-20", last: "2026-11-20", succeeded: 3, failed: 1 });
    const year = dayColumns(byDay, { since: "2025-11-23", days: 365 });
    expect(year.length).toBeLessThanOrEqual(60);
    expect(year.at(-1)).toMatchObject({ last: "2026-11-22" });
    expect(year.reduce((sum, each) => sum + each.succeeded, 0)).toBe(3);
    const drawn = String(await drawDays(week, "shop/<b>"));
    expect(drawn).toContain("shop/&lt;b&gt; by day: 3 succeeded and 1 failed from 2026-11-16 to 2026-11-22");
    expect(drawn).toContain("2026-11-20: 3 succeeded, 1 failed");
  });

  it("have an axis of at most six labels, whatever the window", () => {
    for (const hours of [1 / 6, 1, 6, 24, 7 * 24, 30 * 24, 90 * 24, 365 * 24, 4_000 * 24]) {
      const since = new Date(NOW.getTime() - hours * 3_600_000).toISOString();
      const { ticks, at } = timeScale(since, NOW.toISOString());
      expect(ticks.length, `${hours} h`).toBeLessThanOrEqual(6);
      expect(ticks.length, `${hours} h`).toBeGreaterThan(0);
      expect([at(since), at(null)]).toEqual([0, 1]);
    }
    const midnight = timeScale("2026-11-21T23:40:00.000Z", "2026-11-22T00:40:00.000Z");
    expect(midnight.ticks.map(({ label }) => label)).toEqual(["23:45", "22 Nov", "00:15", "00:30"]);
  });
});
