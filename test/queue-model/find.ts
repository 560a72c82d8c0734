import { SEEDS, SEQUENCES_OF_A_SEED, campaign } from "./campaign.ts";
import type { Finding } from "./campaign.ts";
import { loadFraisier } from "./fraisier.ts";

/**
 * A program: `node find.ts FOLDER` runs the sequences of every run against the copy of `src` in that folder until they find something untrue, which it prints as JSON, and null if they
 * find nothing. Node by itself loads a copy in a fraction of the time that vitest takes. With FRAISIER_TEST_ALL=1 it prints the shortest way to it.
 */
async function find(source: string): Promise<Finding | undefined> {
  const fraisier = await loadFraisier(source);
  for (const seed of SEEDS) {
    const isShrunk = process.env["FRAISIER_TEST_ALL"] === "1";
    const { found } = await campaign(fraisier, { sequences: SEQUENCES_OF_A_SEED, seed, isShrunk });
    if (found !== undefined) return found;
  }
  return undefined;
}

const found = await find(process.argv[2] ?? "");
process.stdout.write(JSON.stringify(found === undefined ? null : { ...found, cause: undefined }));
