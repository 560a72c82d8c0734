import { join } from "node:path";
import { figure } from "./figure.ts";
import type { Part } from "./part.ts";
import { MAIN, buildSnapshot } from "./program.ts";
import { timed } from "./processes.ts";
import { processorMs } from "./processor-time.ts";
import { writeBlockedConfig } from "./servers.ts";
import { median } from "./statistics.ts";

const ROUNDS = 13;
/** Processor time is counted in steps of ten milliseconds: several processes of a round share the error. */
const PER_ROUND = 5;

interface Start {
  readonly name: string;
  readonly args: readonly string[];
  readonly wall: number[];
  readonly processor: number[];
}

/** What a person waits for. */
export const coldStart: Part = {
  letter: "b",
  title: "Cold start of the command line",
  async run(folder) {
    const config = writeBlockedConfig(folder, join(folder, "shop.git"));
    const status = [MAIN, "status", "--config", config];
    const snapshot = await buildSnapshot(folder);
    const start = (name: string, args: readonly string[]): Start => ({ name, args, wall: [], processor: [] });
    const node = start("`node -e 0`", ["-e", "0"]);
    const bundle = start("`fraisier status` from the bundle, as by npm", status);
    const packaged = start("`fraisier status` from the snapshot, as installed", [
      "--snapshot-blob",
      snapshot,
      ...status,
    ]);
    // The first run makes the store.
    await timed(process.execPath, status);
    for (let round = 0; round < ROUNDS; round++) {
      for (const { args, wall, processor } of [node, bundle, packaged]) {
        const before = processorMs();
        for (let i = 0; i < PER_ROUND; i++) wall.push(await timed(process.execPath, args));
        processor.push((processorMs() - before) / PER_ROUND);
      }
    }
    const ratio = ({ wall }: Start): number => median(wall) / median(node.wall);
    return [
      ...[node, bundle, packaged].map(({ name, wall, processor }) => ({
        measured: `${name}, the whole process`,
        result: `${median(wall).toFixed(0)} ms (${median(processor).toFixed(0)} ms of processor time)`,
      })),
      figure("status.bundle", "fraisier status from the bundle / node -e 0", ratio(bundle), {
        digits: 2,
        wanted: { most: 4 },
        boundBy:
          "some 30 ms are Node itself; the rest is loading and running kysely, zod, yaml, commander and the native part of better-sqlite3, bundled (rolldown.config.ts).",
      }),
      figure("status.package", "fraisier status from the snapshot / node -e 0", ratio(packaged), {
        digits: 2,
        wanted: { most: 2.5 },
        boundBy:
          "a third of it is reading the snapshot of 12 MB; the rest is the work itself: fraises.yaml is checked, the store is opened and asked.",
      }),
    ];
  },
};
