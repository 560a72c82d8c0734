// `npm run simulate [-- --seed 7] [--runs 3] [--hosts 1000] [--targets 10000] [--pushes 100000]` plays rollouts on many hosts in virtual time. A seed always plays alike.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadParts } from "./simulation/parts.ts";
import { simulate } from "./simulation/simulation.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "1" },
    hosts: { type: "string", default: "1000" },
    targets: { type: "string", default: "10000" },
    pushes: { type: "string", default: "100000" },
    // Another copy of the folder src, into which the tests put a defect.
    source: { type: "string", default: join(import.meta.dirname, "../src") },
    json: { type: "boolean", default: false },
  },
});
const scale = { hosts: Number(values.hosts), targets: Number(values.targets), pushes: Number(values.pushes) };
const parts = await loadParts(values.source);

for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.runs); seed++) {
  const begun = performance.now();
  const report = simulate(parts, seed, scale);
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  if (values.json) console.log(JSON.stringify(report));
  else {
    const { outcomes, found, ...numbers } = report;
    for (const [name, value] of Object.entries({ ...numbers, seconds })) console.log(`${name.padEnd(20)} ${value}`);
    for (const [name, value] of Object.entries(outcomes)) console.log(`pushes ${name.padEnd(13)} ${value}`);
    console.log(found === undefined ? "everything that must be true was true" : `untrue: ${found.message}`);
  }
  if (report.found === undefined) continue;
  const sizes = `--hosts ${scale.hosts} --targets ${scale.targets} --pushes ${scale.pushes}`;
  if (!values.json) console.log(`again: npm run simulate -- --seed ${seed} ${sizes}`);
  process.exitCode = 1;
  break;
}
