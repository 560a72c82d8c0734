import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { figure } from "./figure.ts";
import { activateTargets, TARGETS, writeManyTargets } from "./many-targets.ts";
import type { Part } from "./part.ts";
import { startFraisier } from "./servers.ts";

/** After this time the first looks are over. */
const SETTLING_MS = 90_000;
/** Looks at the host are a minute apart. */
const WATCHED_MS = 180_000;
const TICK_MS = 10;
const NOBODY = "65534";

/** What a daemon costs on which nothing happens, while it looks each minute whether its targets still run what they should. */
export const idle: Part = {
  letter: "n",
  title: "A daemon with 1,000 active targets and nothing to do",
  async run(folder) {
    const config = writeManyTargets(folder, "systemd_service: NAME.service");
    await activateTargets(folder);
    using services = startServices(folder);
    const programs = writeSystemctl(folder, services.pids);
    await using daemon = await startFraisier(config, { programs, under: asInstalled(folder) });
    await sleep(SETTLING_MS);
    const before = ticksOf(daemon.pid);
    await sleep(WATCHED_MS);
    const percent = (100 * (ticksOf(daemon.pid) - before) * TICK_MS) / WATCHED_MS;
    return [
      figure("idle.processor", "of one core, with its looks at the host and the programs that these start", percent, {
        unit: " %",
        digits: 2,
        wanted: { most: 0.2 },
        boundBy:
          "the looks at the host: a link to read for each target, and programs that ask systemd about all units.",
      }),
    ];
  },
};

/** The daemon is installed with a user of its own. A daemon of root also looks who owns each folder on the way. @returns the program that changes the user */
function asInstalled(folder: string): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  execFileSync("chown", ["--recursive", "--no-dereference", NOBODY, folder]);
  return ["setpriv", `--reuid=${NOBODY}`, "--clear-groups"];
}

/** A process for each target, which works in the release of the target as a service does. */
function startServices(folder: string): Disposable & { readonly pids: readonly number[] } {
  const children = Array.from({ length: TARGETS }, (_, n) =>
    // If the benchmark is killed, they end by themselves.
    spawn("sleep", ["900"], { cwd: realpathSync(join(folder, `srv/f${n}/current`)), stdio: "ignore" }),
  );
  return {
    pids: children.map(({ pid = 0 }) => pid),
    [Symbol.dispose]: () => {
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

/** A systemctl with prepared answers about the services, in the form of the real one: the costs of systemd itself are not fraisier's. @returns its folder */
function writeSystemctl(folder: string, pids: readonly number[]): string {
  const [programs, answers] = [join(folder, "bin"), join(folder, "units")];
  mkdirSync(programs);
  mkdirSync(answers);
  for (const [n, pid] of pids.entries())
    writeFileSync(join(answers, `f${n}.service`), unitBlock(join(folder, `srv/f${n}/current`), pid));
  writeFileSync(
    join(programs, "systemctl"),
    `#!/bin/sh\nuntil [ "$1" = -- ]; do shift || exit 1; done\nshift\ncd ${answers} && exec cat "$@"\n`,
    { mode: 0o755 },
  );
  return programs;
}

function unitBlock(current: string, pid: number): string {
  const since = "Sun 2026-11-22 06:30:12 UTC";
  return `Type=simple
RemainAfterExit=no
NRestarts=0
MainPID=${pid}
Result=success
User=
ExecStart={ path=${current}/serve ; argv[]=${current}/serve --port 8000 ; ignore_errors=no ; start_time=[${since}] ; stop_time=[n/a] ; pid=${pid} ; code=(null) ; status=0/0 }
WorkingDirectory=${current}
RootDirectory=
RootImage=
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled

`;
}

/** Processor time of a process and of its children that have ended, in hundredths of a second. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
