import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { HOLD_POINTS, needsFailure } from "../helpers/held-runner.ts";
import { PROGRAM } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { turningPairs } from "../helpers/turning-pairs.ts";
import { wholeShop } from "../helpers/whole-shop.ts";

const ROOT = join(import.meta.dirname, "../..");
const BUILT = dirname(PROGRAM);
const ENDS = ["goes on", "is killed"] as const;
const PAIRS = turningPairs("upgrade", [HOLD_POINTS, ENDS], 5);

/** Lays the program out as an installation. Each version has other names for its chunks, as a bundler gives them by what is in them. */
function install(folder: string, version: string): void {
  cpSync(BUILT, join(folder, "dist"), { recursive: true });
  // One module for the program and for what holds its runners.
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(ROOT, "node_modules/better-sqlite3"), join(folder, "node_modules/better-sqlite3"));
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as object;
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, version }));
  const names = readdirSync(join(folder, "dist")).filter((name) => name.endsWith(".js"));
  const chunks = names.filter((name) => !/^(main|inbox-thread)\.js$/.test(name));
  for (const name of names) {
    const file = join(folder, "dist", name);
    const text = chunks.reduce(
      (rest, chunk) => rest.replaceAll(`./${chunk}`, `./${version}-${chunk}`),
      readFileSync(file, "utf8"),
    );
    writeFileSync(file, text);
    if (chunks.includes(name)) renameSync(file, join(folder, "dist", `${version}-${name}`));
  }
}

it(
  `an upgrade of the program leaves a runner with all that it needs, and the next runner with all that the old one left: ${PAIRS.map((pair) => pair.join(" ")).join(", ")}`,
  { timeout: 60_000 + PAIRS.length * 60_000 },
  async () => {
    const program = join(temporaryFolder(), "fraisier");
    install(program, "0.0.1");
    const shop = await wholeShop({ program: join(program, "dist/main.js") });
    const { scenario } = shop;
    let minor = 1;
    for (const [point, end] of PAIRS) {
      const { revision, runner } = await shop.pushUntil(point);
      minor += 1;
      const version = `0.${minor}.0`;
      install(`${program}.new`, version);
      renameSync(program, `${program}.old`);
      renameSync(`${program}.new`, program);
      rmSync(`${program}.old`, { recursive: true });
      await scenario.stop();
      await scenario.start();
      const { stdout } = await scenario.fraisier("status", "--json");
      expect((JSON.parse(stdout) as { daemon: object }).daemon).toMatchObject({ version });
      if (end === "goes on") runner.goOn();
      else runner.kill();
      const goesOn = needsFailure(point) ? "rolled_back" : "succeeded";
      await shop.endsAsItMust(point, revision, ...(end === "goes on" ? ([goesOn] as const) : []));
    }
  },
);
