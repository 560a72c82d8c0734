import { expect, it, onTestFinished, vi } from "vitest";
import type { FreezeWindow } from "../../src/domain/freeze.ts";
import { createLog } from "../../src/log.ts";
import { watchFreezes } from "../../src/queue/watch-freezes.ts";
import { API, freshStore } from "../helpers/store.ts";

const WEEKEND: FreezeWindow = {
  kind: "dates",
  from: "2026-12-23T18:00",
  to: "2026-12-27T08:00",
  timezone: "UTC",
  reason: "Christmas",
  text: "2026-12-23 18:00 to 2026-12-27 08:00 (UTC)",
  ends: "2026-12-27 08:00 (UTC)",
};

it("a target changes when a freeze window of it begins, and when it ends, and at no other time", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"], now: new Date("2026-12-23T17:59:00Z") });
  onTestFinished(() => void vi.useRealTimers());
  const store = await freshStore();
  const free = { ...API, fraise: "free" };
  const watch = watchFreezes({
    store,
    windows: () => [
      { target: API, freeze: [WEEKEND] },
      { target: free, freeze: [] },
    ],
    log: createLog((text) => text),
  });
  const changed = async (): Promise<readonly string[]> =>
    (await store.changes.after(0, 10)).map(({ kind, fraise }) => `${kind} ${fraise}`);
  vi.advanceTimersByTime(30_000);
  expect(await changed()).toEqual([]);
  vi.setSystemTime(new Date("2026-12-23T18:00:02Z"));
  vi.advanceTimersByTime(20_000);
  expect(await changed()).toEqual(["target api"]);
  vi.setSystemTime(new Date("2026-12-27T08:00:00Z"));
  vi.advanceTimersByTime(20_000);
  expect(await changed()).toEqual(["target api", "target api"]);
  watch.stop();
});
