import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { pickBySeed } from "../crash/sample.ts";
import { scenarioOf } from "./campaign.ts";
import type { Finding } from "./campaign.ts";
import { misfits, MUTANTS, withDefect } from "./mutants.ts";

const FIND = join(import.meta.dirname, "find.ts");
const ALL = process.env["FRAISIER_TEST_ALL"] === "1";
/** A run puts one defect back, and another one for another revision. */
const TRIED = ALL ? MUTANTS : [pickBySeed(MUTANTS, "queue model")];

it.each(MUTANTS)("can be put back into the code: $name", (mutant) => {
  expect(misfits(mutant)).toEqual([]);
});

it.each(TRIED)("the sequences of every run notice if $name", { timeout: 900_000 }, async (mutant) => {
  const { stdout } = await promisify(execFile)(process.execPath, [FIND, withDefect(mutant)]);
  const found = JSON.parse(stdout) as Finding | null;
  expect(found, "nothing was found").not.toBeNull();
  if (found === null) return;
  console.log(`${mutant.name}: sequence ${found.number} of seed ${found.seed}`);
  expect(found.message, scenarioOf(found)).toMatch(mutant.found);
  // Shrunk: somebody can read it.
  if (ALL) expect(found.lines.length, scenarioOf(found)).toBeLessThan(25);
});
