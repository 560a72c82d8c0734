import { join } from "node:path";
import { figure } from "./figure.ts";
import type { Part } from "./part.ts";
import { processorMs } from "./processor-time.ts";
import { run } from "./processes.ts";
import { MAIN } from "./program.ts";
import { createRepository } from "./repository.ts";
import { writeConfigOf } from "./shop.ts";

const BYTES = 1_000_000_000;
const LINE = "x".repeat(79);

/** A build that prints far more than anybody reads. */
export const output: Part = {
  letter: "m",
  title: "A build that prints 1 GB",
  async run(folder) {
    const repository = await createRepository(folder);
    await repository.commit("one");
    const print = (bytes: number): string => `yes ${LINE} | head -c ${bytes}`;
    const deploy = async (name: string, bytes: number): Promise<number> => {
      const build = `build: { command: ${JSON.stringify(print(bytes))}, timeout: 10m }`;
      const config = writeConfigOf(join(folder, name), repository.bare, build);
      const before = processorMs();
      await run(process.execPath, [MAIN, "deploy", "shop", "production", "--config", config], { maxBuffer: 64 << 20 });
      return processorMs() - before;
    };
    const [little, much] = [await deploy("little", 1_000), await deploy("much", BYTES)];
    const before = processorMs();
    await run("sh", ["-c", `${print(BYTES)} > /dev/null`]);
    const alone = processorMs() - before;
    const seconds = (much - little - alone) / 1_000;
    return [
      { measured: "the program that prints, by itself", result: `${(alone / 1_000).toFixed(1)} s of processor time` },
      figure("output.processor", "processor time of fraisier for it", seconds, {
        unit: " s",
        digits: 1,
        wanted: { most: 3 },
        boundBy:
          "every byte is read, divided into lines and looked through for secrets before the line is kept or dropped.",
      }),
    ];
  },
};
