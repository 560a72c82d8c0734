import { join } from "node:path";
import { expect, it } from "vitest";
import { SEEDS, SEQUENCES_OF_A_SEED, campaign, reportCampaign, scenarioOf, seedOfRevision } from "./campaign.ts";
import { loadFraisier } from "./fraisier.ts";

const SOURCE = join(import.meta.dirname, "../../src");
const GIVEN = process.env["FRAISIER_QUEUE_SEED"] ?? "";
const PATH = process.env["FRAISIER_QUEUE_PATH"] || undefined;
const ALL = process.env["FRAISIER_TEST_ALL"] === "1";
const SEQUENCES = ALL ? 2_500 : SEQUENCES_OF_A_SEED;

function seeds(): readonly number[] {
  if (GIVEN !== "") return [Number(GIVEN)];
  return ALL ? Array.from({ length: 40 }, (_, index) => seedOfRevision() + index) : SEEDS;
}

it.each(seeds())(
  `accounts for the newest wish, runs one deployment at a time, deploys no push twice and says what runs: ${SEQUENCES} sequences of seed %i`,
  { timeout: 900_000 },
  async (seed) => {
    const result = await campaign(await loadFraisier(SOURCE), { sequences: SEQUENCES, seed, path: PATH });
    reportCampaign(result);
    const { found, sequences, steps, deployments, deaths } = result;
    console.log(
      `queue model, seed ${seed}: ${sequences} sequences, ${steps} steps, ${deployments} deployments, ${deaths} deaths`,
    );
    if (found !== undefined) throw new Error(scenarioOf(found), { cause: found.cause });
    // A replay that finds nothing more goes on with what its path would have shrunk to.
    if (PATH === undefined) expect(sequences).toBe(SEQUENCES);
    else expect(sequences).toBeGreaterThan(0);
  },
);
