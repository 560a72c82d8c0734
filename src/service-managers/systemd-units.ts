import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { StepFailed } from "../domain/errors.ts";
import type { Host } from "../host/host.ts";
import type { ProcessResult } from "../host/processes.ts";
import type { JobSettings } from "../schedule/job.ts";
import { confinementTrials } from "./confinement-trials.ts";
import { writesUnits } from "./privileges.ts";
import { managerOf } from "./systemctl.ts";
import { systemdAnalyze } from "./systemd-analyze.ts";
import { systemdFailure } from "./systemd-failure.ts";
import { TIMER_PROPERTIES, timerStates } from "./timer-state.ts";
import { loadObstacles, rightObstacles } from "./unit-obstacles.ts";
import { UNIT_PROPERTIES, unitState } from "./unit-state.ts";
import type { Units } from "./units.ts";

/** A start or stop of a timer is done at once; a reload reads every unit there is. */
const CHANGE_TIMEOUT_MS = 120_000;

const WRITTEN =
  "fraisier writes the units itself if the job has a command and a schedule, or names their folder under unit_files.";

/** Unit files and timers of a job, through systemctl(1) and systemd-analyze(1). */
export function systemdUnits(
  { scope, unit_directory: directory }: Pick<JobSettings, "scope" | "unit_directory">,
  host: Host,
  env: Readonly<Record<string, string>>,
): Units {
  const manager = managerOf(scope === "user", host, env);
  const { userScope } = manager;
  const failure = (what: string, result: ProcessResult, unit: string) =>
    systemdFailure(what, result, { unit, userScope, output: [] });

  const change = async (
    verb: string,
    options: readonly string[],
    unit: string,
    signal?: AbortSignal,
  ): Promise<void> => {
    const units = unit === "" ? [] : [unit];
    const result = await manager.run(manager.systemctl(verb, options, ...units), CHANGE_TIMEOUT_MS, signal);
    if (result.exitCode !== 0) throw failure(`cannot ${verb} ${unit}`.trim(), result, unit || "the units");
  };
  const show = async (unit: string, properties: readonly string[]): Promise<string> => {
    const result = await manager.run(manager.systemctl("show", [`--property=${properties.join(",")}`], unit));
    if (result.exitCode !== 0) throw failure(`cannot ask for ${unit}`, result, unit);
    return result.stdout;
  };

  const folder = directory ?? (userScope ? userDirectory(env) : "/etc/systemd/system");

  return {
    ...systemdAnalyze(manager),
    canConfine: confinementTrials(manager),
    directory: folder,
    user: userScope ? undefined : userInfo().username,

    async obstacles(job) {
      if (writesUnits(job)) {
        const result = await manager.run(manager.systemctl("show", ["--property=Version", "--value"]));
        if (result.exitCode === 0) return [];
        const { message, hint = "" } = failure("systemd cannot be asked", result, "the units");
        return [{ problem: message, hint }];
      }
      const unusable = await loadObstacles(manager, [job.timer, job.service]);
      if (unusable.length === 0) return await rightObstacles(manager, job.timer, ["restart", "stop"]);
      return unusable.map(({ problem, hint }) => ({ problem, hint: `${hint} ${WRITTEN}` }));
    },

    async isSearched() {
      const result = await manager.run(manager.systemctl("show", ["--property=UnitPath", "--value"]));
      if (result.exitCode !== 0) throw failure("cannot ask where units are looked for", result, "the units");
      const folders = result.stdout.trim().split(/\s+/);
      return folders[0] === "" ? undefined : folders.includes(folder);
    },

    async unitFile(unit) {
      const shown = await show(unit, ["LoadState", "FragmentPath"]);
      return { load: /^LoadState=(.*)$/m.exec(shown)?.[1] ?? "", path: /^FragmentPath=(.*)$/m.exec(shown)?.[1] ?? "" };
    },
    async timerState(timer) {
      const shown = await show(timer, TIMER_PROPERTIES);
      const [state] = timerStates(shown, Date.now(), monotonicMs());
      if (state === undefined) throw new StepFailed(`systemd says nothing of ${timer}`);
      return state;
    },
    serviceState: async (service) => unitState(service, await show(service, UNIT_PROPERTIES)),

    reload: (signal) => change("daemon-reload", [], "", signal),
    enable: (timer, signal) => change("enable", ["--quiet"], timer, signal),
    disable: (timer) => change("disable", ["--quiet", "--now"], timer),
    restart: (timer, signal) => change("restart", [], timer, signal),
    stop: (timer) => change("stop", [], timer),
    async forgetFailure(service) {
      // Fails for a unit that is not loaded, or where we may not: then its old failure stays to be seen.
      await manager.run(manager.systemctl("reset-failed", [], service));
    },
  };
}

function userDirectory(env: Readonly<Record<string, string>>): string {
  return join(env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "systemd/user");
}

/** CLOCK_MONOTONIC, which systemd counts in too. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
