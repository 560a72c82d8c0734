import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openStore } from "../src/store/store.ts";
import { figure } from "./figure.ts";
import type { Part } from "./part.ts";
import { run } from "./processes.ts";
import { MAIN } from "./program.ts";
import { median } from "./statistics.ts";

export const TARGETS = 1_000;
const ROUNDS = 5;

/** A large fraises.yaml: each command and each runner reads it. */
export const manyTargets: Part = {
  letter: "l",
  title: `A fraises.yaml with ${TARGETS.toLocaleString("en")} targets`,
  async run(folder) {
    const config = writeManyTargets(folder, "systemd_service: NAME.service");
    const times = { first: [] as number[], again: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      // Another file each time: a form that was kept for a file is no good for another one.
      writeFileSync(config, `${readFileSync(config, "utf8").split("\n# round")[0]}\n# round ${round}\n`);
      times.first.push(await loadMs(config));
      times.again.push(await loadMs(config));
    }
    await activateTargets(folder);
    const { atOnce, all } = await statusPrograms(folder, config);
    return [
      figure("targets.load", "processor time to load it, the first time", median(times.first), {
        unit: " ms",
        wanted: { most: 250 },
        boundBy: "yaml makes a tree of nodes with places, and zod checks each value; both grow with the file.",
      }),
      figure("targets.load-again", "processor time to load it in another process, unchanged", median(times.again), {
        unit: " ms",
        wanted: { most: 40 },
        boundBy: "a process that has not read the file yet reads and checks the whole of it.",
      }),
      figure("targets.at-once", `programs at once for \`fraisier status\` (${all} in all)`, atOnce, {
        wanted: { most: 8 },
        boundBy: "the number of programs that are started before the first one has ended.",
      }),
    ];
  },
};

/** A fraises.yaml with a thousand targets of the type `api`. */
export function writeManyTargets(folder: string, lines: string, head = ""): string {
  const file = join(folder, "fraises.yaml");
  const fraises = Array.from(
    { length: TARGETS },
    (_, n) => `  f${n}:
    type: api
    repository: acme/f${n}
    clone_url: ${folder}/none.git
    environments:
      production:
        branch: main
        app_path: ${folder}/srv/f${n}
        ${lines.replaceAll("NAME", `f${n}`)}
`,
  );
  writeFileSync(
    file,
    `name: bench
git: { github: { webhook_secret: it is only a benchmark } }
store: { url: "sqlite:${join(folder, "fraisier.db")}" }
server: { listen: "127.0.0.1:0" }
deployment: { state_directory: ${join(folder, "state")}, sweep_interval: 0 }
${head}fraises:
${fraises.join("")}`,
  );
  return file;
}

/** From now on each of these targets runs a release that is there, as the record says. */
export async function activateTargets(folder: string): Promise<void> {
  const file = join(folder, "fraisier.db");
  await (await openStore(`sqlite:${file}`)).close();
  const database = new Database(file);
  const at = new Date().toISOString();
  const deployment = database.prepare(
    `insert into tb_deployment (id, fraise, environment, trigger, triggered_by, revision, message, status, phase, progress, reason, attempt, release_path, queued_at, started_at, phase_changed_at, finished_at)
     values (@id, @fraise, 'production', 'person', 'bench', @revision, '', 'succeeded', 'active', 100, '', 1, @release, @at, @at, @at, @at)`,
  );
  const state = database.prepare(
    "insert into tb_fraise_state (fraise, environment, job, revision, deployment_id, updated_at) values (@fraise, 'production', '', @revision, @id, @at)",
  );
  for (let n = 0; n < TARGETS; n++) {
    const [id, app] = [`0${String(n).padStart(12, "0")}`, join(folder, `srv/f${n}`)];
    const row = {
      id,
      fraise: `f${n}`,
      revision: n.toString(16).padStart(40, "a"),
      release: join(app, "releases", id),
      at,
    };
    mkdirSync(row.release, { recursive: true });
    symlinkSync(`releases/${id}`, join(app, "current"));
    deployment.run(row);
    state.run(Object.fromEntries(Object.entries(row).filter(([key]) => key !== "release")));
  }
  database.close();
}

async function loadMs(config: string): Promise<number> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "load-once.ts"), config]);
  return Number(stdout);
}

/** Counts the programs of one `fraisier status` by a systemctl that writes down when it begins and ends. */
async function statusPrograms(
  folder: string,
  config: string,
): Promise<{ readonly atOnce: number; readonly all: number }> {
  const bin = join(folder, "bin");
  const log = join(folder, "systemctl");
  mkdirSync(bin);
  writeFileSync(log, "");
  writeFileSync(join(bin, "systemctl"), `#!/bin/sh\necho + >> ${log}\nsleep 0.2\necho - >> ${log}\n`);
  chmodSync(join(bin, "systemctl"), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  await run(process.execPath, [MAIN, "status", "--config", config], { env, maxBuffer: 64 << 20 });
  let now = 0;
  let atOnce = 0;
  const lines = readFileSync(log, "utf8").trim().split("\n");
  for (const line of lines) {
    now += line === "+" ? 1 : -1;
    atOnce = Math.max(atOnce, now);
  }
  if (atOnce === 0) throw new Error("fraisier status asked no systemctl");
  return { atOnce, all: lines.filter((line) => line === "+").length };
}
