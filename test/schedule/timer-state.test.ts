import { describe, expect, it } from "vitest";
import { timerStates } from "../../src/service-managers/timer-state.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const shown = (lines: Readonly<Record<string, string>>): string =>
  Object.entries({
    Id: "a.timer",
    LoadState: "loaded",
    ActiveState: "active",
    SubState: "waiting",
    UnitFileState: "enabled",
    ...lines,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");

describe("the state of a timer as systemctl shows it", () => {
  it.each([
    [
      { NextElapseUSecRealtime: "Sun 2026-11-22 02:00:00 UTC", NextElapseUSecMonotonic: "0" },
      "2026-11-22T02:00:00.000Z",
    ],
    [{ NextElapseUSecRealtime: "", NextElapseUSecMonotonic: "6h 42min 16.250s" }, "2026-11-21T18:41:16.250Z"],
    [{ NextElapseUSecRealtime: "", NextElapseUSecMonotonic: "1w 2d 500ms" }, "2026-11-30T11:59:00.500Z"],
    [
      { NextElapseUSecRealtime: "Sun 2026-11-22 02:00:00 UTC", NextElapseUSecMonotonic: "2min" },
      "2026-11-21T12:01:00.000Z",
    ],
    [{ NextElapseUSecRealtime: "", NextElapseUSecMonotonic: "infinity" }, undefined],
    [{}, undefined],
  ])("%j comes next at %s", (lines, next) => {
    // The machine has been up for a minute.
    expect(timerStates(shown(lines), NOW, 60_000)[0]).toMatchObject({
      active: true,
      waiting: true,
      enabled: true,
      next,
    });
  });

  it("tells several timers apart, and those that are not there", () => {
    const states = timerStates(
      `${shown({})}\n${shown({ Id: "b.timer", LoadState: "not-found", ActiveState: "inactive", UnitFileState: "" })}`,
      NOW,
      0,
    );
    expect(states.map(({ timer, loaded, description }) => [timer, loaded, description])).toEqual([
      ["a.timer", true, "active (waiting)"],
      ["b.timer", false, "not-found"],
    ]);
    expect(timerStates("", NOW, 0)).toEqual([]);
  });
});
