import { describe, expect, it, onTestFinished, vi } from "vitest";
import { families } from "../../src/compose/app.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { Target } from "../../src/config/config.ts";
import { createLog } from "../../src/log.ts";
import { startSweeper } from "../../src/sweep/sweeper.ts";
import { until } from "../helpers/scenario.ts";
import { freshStore } from "../helpers/store.ts";

/** Targets of repositories with these clone URLs; `${TOKEN}` is not set. */
function targetsOf(...urls: readonly string[]): readonly Target[] {
  const fraises = urls.map(
    (url, index) =>
      `  f${index}: { type: script, repository: acme/f${index}, clone_url: "${url}", environments: { production: { branch: main, app_path: /srv/f${index}, script: run } } }`,
  );
  return parseConfig(`git: { git: {} }\nfraises:\n${fraises.join("\n")}\n`, "fraises.yaml", families, {}).targets;
}

describe("the sweeper", () => {
  it("asks by the settings in force: after a reload the new repositories at once, and those without their secret not", async () => {
    const store = await freshStore();
    const stopping = new AbortController();
    const asked: string[] = [];
    let targets = targetsOf("/srv/a.git", "https://x:${TOKEN}@example.com/b.git");
    const sweeper = startSweeper({
      writing: () => ({ store, record: () => Promise.reject(new Error("nothing is missed here")) }),
      git: {
        remoteRefs: async (url) => {
          asked.push(url);
          return new Map();
        },
      },
      settings: () => ({ targets, intervalMs: 3_600_000 }),
      redact: (text) => text,
      log: createLog((text) => text, "silent"),
      signal: stopping.signal,
    });
    onTestFinished(async () => {
      stopping.abort();
      await sweeper.stopped();
    });
    await until("the first round", async () => asked.length === 1);
    targets = targetsOf("/srv/a.git", "/srv/c.git");
    sweeper.restart();
    await until("the second round", async () => asked.length === 3);
    expect(asked.toSorted()).toEqual(["/srv/a.git", "/srv/a.git", "/srv/c.git"]);
    targets = [];
    sweeper.restart();
    stopping.abort();
    await sweeper.stopped();
    expect(asked).toHaveLength(3);
  });

  it("asks a repository that could not be asked again after ten seconds, then after longer pauses, and not only after the whole interval", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const asked: number[] = [];
    const answers: (() => Map<string, string>)[] = [
      () => {
        throw new Error("git ended with a signal");
      },
      () => {
        throw new Error("git ended with a signal");
      },
      () => new Map(),
      () => new Map(),
    ];
    const stopping = new AbortController();
    const sweeper = startSweeper({
      writing: () => ({
        store: {
          sweeps: {
            knownRefs: async () => ({ deployed: new Map(), swept: new Map(), isSwept: true }),
            record: async () => {},
          },
        },
        record: () => Promise.reject(new Error("nothing is missed here")),
      }),
      git: {
        remoteRefs: async () => {
          asked.push(performance.now());
          return answers[asked.length - 1]?.() ?? new Map();
        },
      },
      settings: () => ({ targets: targetsOf("/srv/a.git"), intervalMs: 600_000 }),
      redact: (text) => text,
      log: createLog((text) => text, "silent"),
      signal: stopping.signal,
    });
    await vi.advanceTimersByTimeAsync(800_000);
    stopping.abort();
    await sweeper.stopped();
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    // Each pause is up to a fifth longer or shorter.
    const wanted = [10_000, 60_000, 600_000];
    expect(pauses).toHaveLength(wanted.length);
    for (const [index, pause] of pauses.entries())
      expect(Math.abs(pause / (wanted[index] ?? 0) - 1)).toBeLessThan(0.21);
  });
});
