import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";

/** A run takes at most this share of the points of one step. */
const ONE_IN = 8;

/**
 * The points that this run tries: every one with FRAISIER_TEST_ALL=1, otherwise one in eight of each step, but at least one. Points are named `step: what#n`.
 * The seed decides which ones, so that another revision tries others.
 */
export function samplePoints(
  points: readonly string[],
  matrix: string,
  { seed = sampleSeed(), all = process.env["FRAISIER_TEST_ALL"] === "1" } = {},
): readonly string[] {
  if (all) return points;
  return [...pointsByStep(points)].flatMap(([step, ofStep]) => {
    const stride = Math.min(ONE_IN, ofStep.length);
    const offset = createHash("sha256").update(`${seed} ${matrix} ${step}`).digest().readUInt32BE() % stride;
    return ofStep.filter((_, index) => index % stride === offset);
  });
}

/** The points after this one in the same step, and then those before it: what to try instead if it does not come again. */
export function substitutes(points: readonly string[], point: string): readonly string[] {
  const ofStep = pointsByStep(points).get(stepOf(point)) ?? [];
  const index = ofStep.indexOf(point);
  return [...ofStep.slice(index + 1), ...ofStep.slice(0, index)];
}

/** FRAISIER_CRASH_SEED, or else the revision that is tested. test/global-setup.ts asks once for a whole run, during which a commit may be made. */
export function sampleSeed(): string {
  const given = process.env["FRAISIER_CRASH_SEED"] ?? "";
  if (given !== "") return given;
  try {
    return execFileSync("git", ["-c", "safe.directory=*", "-C", import.meta.dirname, "rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "no revision";
  }
}

function pointsByStep(points: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy(points, stepOf);
}

function stepOf(point: string): string {
  return point.slice(0, point.indexOf(":"));
}
