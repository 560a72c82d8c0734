import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { loadParts } from "../../scripts/simulation/parts.ts";
import { simulate } from "../../scripts/simulation/simulation.ts";
import type { Report } from "../../scripts/simulation/simulation.ts";
import { misfits, withDefect } from "../queue-model/mutants.ts";
import { DEFECTS } from "./defects.ts";

const ROOT = join(import.meta.dirname, "../..");
const SMALL = { hosts: 20, targets: 30, pushes: 1_000 };

const HAPPENED = [
  ...(["crashes", "deathsOfDaemons", "partitions", "frozen", "deathsOfTheServer", "drained", "locked"] as const),
  ...(["cancelled", "terms", "deliveriesTwice", "deliveriesLost"] as const),
] as const;

/** Plays a small simulation, or several with the seeds that follow, as `npm run simulate` does. The last one is reported. */
async function simulated(...more: readonly string[]): Promise<Report> {
  const sizes = Object.entries(SMALL).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const argv = [join(ROOT, "scripts/simulate.ts"), "--json", ...sizes, ...more];
  // It ends with a failure if it finds something.
  const { stdout } = await promisify(execFile)(process.execPath, argv).catch((error: { stdout: string }) => error);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Report;
}

describe("a simulation of many hosts", () => {
  it("finds nothing untrue, whatever goes wrong with machines, lines, deliveries and revisions", async () => {
    const parts = await loadParts(join(ROOT, "src"));
    const reports = [1, 2, 3].map((seed) => simulate(parts, seed, SMALL));
    expect(reports.map(({ found }) => found)).toEqual([undefined, undefined, undefined]);
    const sum = (of: (report: Report) => number): number => reports.reduce((all, report) => all + of(report), 0);
    expect(sum(({ deployments }) => deployments)).toBeGreaterThan(3 * SMALL.pushes);
    expect(sum(({ outcomes }) => Object.values(outcomes).reduce((a, b) => a + b, 0))).toBe(3 * SMALL.pushes);
    for (const outcome of ["succeeded", "superseded", "failed", "rolled_back"])
      expect(
        sum(({ outcomes }) => outcomes[outcome] ?? 0),
        outcome,
      ).toBeGreaterThan(20);
    for (const thing of HAPPENED)
      expect(
        sum((report) => report[thing]),
        thing,
      ).toBeGreaterThan(5);
  });

  it("goes the same way again with the same seed", async () => {
    const parts = await loadParts(join(ROOT, "src"));
    expect(simulate(parts, 7, SMALL)).toEqual(simulate(parts, 7, SMALL));
    expect(simulate(parts, 8, SMALL).events).not.toBe(simulate(parts, 7, SMALL).events);
  });

  it.each(DEFECTS)("finds it if $name, and names the seed that shows it again", async (defect) => {
    expect(misfits(defect)).toEqual([]);
    const source = withDefect(defect);
    const { found, seed } = await simulated("--source", source, "--runs", "12");
    expect(found?.message).toMatch(defect.found);
    expect((await simulated("--source", source, "--seed", String(seed))).found).toEqual(found);
  });
});
