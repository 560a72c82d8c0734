import { createHash } from "node:crypto";
import { sampleSeed } from "../crash/sample.ts";

/**
 * So many pairs of one member of each list, no member twice before every member came once; all pairs with FRAISIER_TEST_ALL=1. The seed decides which
 * ones, so that another revision takes others.
 */
export function turningPairs<A, B>(
  name: string,
  [first, second]: readonly [readonly A[], readonly B[]],
  count: number,
  { seed = sampleSeed(), all = process.env["FRAISIER_TEST_ALL"] === "1" } = {},
): readonly (readonly [A, B])[] {
  if (all) return first.flatMap((a) => second.map((b) => [a, b] as const));
  const turn = createHash("sha256").update(`${seed} ${name}`).digest().readUInt32BE() % (first.length * second.length);
  const [from, to] = [turn % first.length, Math.floor(turn / first.length)];
  return Array.from({ length: count }, (_, index) => [
    first[(from + index) % first.length] as A,
    second[(to + index) % second.length] as B,
  ]);
}
