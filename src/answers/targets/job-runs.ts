import type { Target } from "../../config/config.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Host } from "../../host/host.ts";
import { lastRunsNow, runKey } from "../../service-managers/last-runs.ts";
import type { LastRun } from "../../service-managers/last-runs.ts";
import { timerKey, timersNow } from "../../service-managers/next-runs.ts";
import type { TimerState } from "../../service-managers/timer-state.ts";

/** The facts that systemd has about the timer and the service of a job. Each is undefined if no systemd here knows it, or it never ran. */
export interface JobRuns {
  readonly timer: Pick<TimerState, "next" | "description"> | undefined;
  readonly last: LastRun | undefined;
}

/** When the targets that are jobs run next, and how they ended last, by target. Without a host, nothing is known of either. */
export async function jobRuns(
  targets: readonly Target[],
  host: Host | undefined,
): Promise<ReadonlyMap<string, JobRuns>> {
  const jobs = targets.flatMap((target) => {
    const { job } = target.settings;
    return job === undefined ? [] : [{ name: targetName(target), job }];
  });
  if (host === undefined) return new Map(jobs.map(({ name }) => [name, { timer: undefined, last: undefined }]));
  if (jobs.length === 0) return new Map();
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const settings = jobs.map(({ job }) => job);
  const [timers, lastRuns] = await Promise.all([timersNow(settings, host, env), lastRunsNow(settings, host, env)]);
  return new Map(
    jobs.map(({ name, job: { scope, timer, service } }) => [
      name,
      { timer: timers.get(timerKey(scope, timer)), last: lastRuns.get(runKey(scope, service)) },
    ]),
  );
}
