import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { stepsOf } from "../../src/deployers/index.ts";
import { parseConfig } from "../../src/config/load.ts";
import { PHASES } from "../../src/domain/phase.ts";

/** These stand for the beginning and the ends of a deployment. */
const WITHOUT_STEPS = new Set(["queued", "active", "failed"]);

it("no phase is shown to people that no step is in", () => {
  const file = join(import.meta.dirname, "../../fraises.yaml");
  // The reference has every type and every key.
  const { targets } = parseConfig(readFileSync(file, "utf8"), file, families, {});
  const inUse = new Set(targets.flatMap((target) => stepsOf(target, {}).map(({ phase }) => phase)));
  const shown = PHASES.map(({ name }) => name).filter((name) => !WITHOUT_STEPS.has(name));
  expect([...inUse].toSorted()).toEqual(shown.toSorted());
});
