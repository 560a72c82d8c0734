import { join } from "node:path";
import type { Part } from "./report.ts";
import { MAIN } from "./program.ts";
import { timed } from "./processes.ts";
import { writeBlockedConfig } from "./servers.ts";
import { above, median } from "./statistics.ts";

const RUNS = 31;

/** What a person waits for. */
export const coldStart: Part = {
  letter: "b",
  title: "Cold start of the command line",
  async run(folder) {
    const config = writeBlockedConfig(folder, join(folder, "shop.git"));
    const status = [MAIN, "status", "--config", config];
    // The first run makes the store.
    await timed(process.execPath, status);
    const times = { node: [] as number[], status: [] as number[] };
    for (let round = 0; round < RUNS; round++) {
      times.node.push(await timed(process.execPath, ["-e", "0"]));
      times.status.push(await timed(process.execPath, status));
    }
    const [node, fraisier] = [median(times.node), median(times.status)];
    return [
      { measured: "`node -e 0`, the whole process", result: `${node.toFixed(0)} ms` },
      { measured: "`fraisier status`, the whole process", result: `${fraisier.toFixed(0)} ms` },
      {
        measured: "fraisier status / node -e 0",
        result: (fraisier / node).toFixed(2),
        wanted: "≤ 3.00",
        missedBy: above(fraisier / node, 3, ""),
        because:
          "Some 30 ms are Node itself; the rest is loading and running kysely, zod, yaml, commander and the native part of better-sqlite3, bundled (rolldown.config.ts). Loaded file by file it is two to three times as much.",
      },
    ];
  },
};
