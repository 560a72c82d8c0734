import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";

/** A run takes this share of the points of one step. A step that has fewer points has its turn in some of the runs only. */
const ONE_IN = 10;

/**
 * The points that this run tries: every one with FRAISIER_TEST_ALL=1, otherwise one in ten of each step. Points are named `step: what#n`. The seed
 * decides which ones, and which of the short steps have their turn, so that another revision tries others.
 */
export function samplePoints(
  points: readonly string[],
  matrix: string,
  { seed = sampleSeed(), all = process.env["FRAISIER_TEST_ALL"] === "1" } = {},
): readonly string[] {
  if (all) return points;
  return [...pointsByStep(points)].flatMap(([step, ofStep]) => {
    const offset = drawn(`${seed} ${matrix} ${step}`) % ONE_IN;
    return ofStep.filter((_, index) => index % ONE_IN === offset);
  });
}

/** The points after this one in the same step, and then those before it: what to try instead if it does not come again. */
export function substitutes(points: readonly string[], point: string): readonly string[] {
  const ofStep = pointsByStep(points).get(stepOf(point)) ?? [];
  const index = ofStep.indexOf(point);
  return [...ofStep.slice(index + 1), ...ofStep.slice(0, index)];
}

/** So many of the items, out of as many groups as possible. The seed decides which groups come first, and which items of them. */
export function spread<Item>(
  items: readonly Item[],
  count: number,
  seed: string,
  groupOf: (item: Item) => string,
): readonly Item[] {
  const draw = (what: string): number => drawn(`${seed} ${what}`);
  const groups = [...Map.groupBy(items, groupOf)].toSorted(([a], [b]) => draw(a) - draw(b));
  const shuffled = groups.map(([group, members]) =>
    members
      .map((member, index) => ({ member, at: draw(`${group} ${index}`) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ member }) => member),
  );
  const rounds = Math.max(0, ...shuffled.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => shuffled.flatMap((members) => members.slice(round, round + 1)))
    .flat()
    .slice(0, count);
}

/** One of the items: another seed or another name may give another one. */
export function pickBySeed<Item>(items: readonly Item[], name: string): Item {
  const item = items[drawn(`${sampleSeed()} ${name}`) % items.length];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}

/** Whether this run takes one of several costly suites: each run takes one of them, and FRAISIER_TEST_ALL=1 takes all. */
export function isTurnOf<Suite extends string>(suite: Suite, suites: readonly Suite[]): boolean {
  return process.env["FRAISIER_TEST_ALL"] === "1" || pickBySeed(suites, suites.join()) === suite;
}

function drawn(what: string): number {
  return createHash("sha256").update(what).digest().readUInt32BE();
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
