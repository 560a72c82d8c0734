import type { Target } from "../config/config.ts";
import { targetName } from "../domain/fraise.ts";
import { timerKey, timersNow } from "../service-managers/next-runs.ts";
import type { TimerState } from "../service-managers/timer-state.ts";

/** How the timers of the targets that are jobs do now, by target; undefined for a timer that no systemd here knows of. */
export async function nextRuns(
  targets: readonly Target[],
): Promise<ReadonlyMap<string, Pick<TimerState, "next" | "description"> | undefined>> {
  const jobs = targets.flatMap((target) => {
    const { job } = target.settings;
    return job === undefined ? [] : [{ name: targetName(target), job }];
  });
  if (jobs.length === 0) return new Map();
  // Only who has jobs pays for loading what asks.
  const { localHost } = await import("../host/local-host.ts");
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const timers = await timersNow(
    jobs.map(({ job }) => job),
    localHost(),
    env,
  );
  return new Map(jobs.map(({ name, job }) => [name, timers.get(timerKey(job.scope, job.timer))]));
}
