import type { Host } from "../host/host.ts";
import type { JobSettings } from "../schedule/job.ts";
import { managerOf } from "./systemctl.ts";
import { TIMER_PROPERTIES, timerStates } from "./timer-state.ts";
import type { TimerState } from "./timer-state.ts";

/** A person who looks at a status does not wait for a systemd that hangs. */
const TIMEOUT_MS = 2_000;

/** How the timers of jobs do now, by scope and name: one question for each manager. Empty where no systemd answers. */
export async function timersNow(
  jobs: readonly Pick<JobSettings, "scope" | "timer">[],
  host: Host,
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, TimerState>> {
  const states = await Promise.all(
    (["system", "user"] as const).map(async (scope) => {
      const timers = jobs.filter((job) => job.scope === scope).map(({ timer }) => timer);
      return (await ask(scope, timers, host, env)).map((state): [string, TimerState] => [
        timerKey(scope, state.timer),
        state,
      ]);
    }),
  );
  return new Map(states.flat());
}

/** The key of a timer in what `timersNow` gives. */
export function timerKey(scope: JobSettings["scope"], timer: string): string {
  return `${scope} ${timer}`;
}

async function ask(
  scope: JobSettings["scope"],
  timers: readonly string[],
  host: Host,
  env: Readonly<Record<string, string>>,
): Promise<readonly TimerState[]> {
  if (timers.length === 0) return [];
  const manager = managerOf(scope === "user", host, env);
  try {
    const argv = manager.systemctl("show", [`--property=${TIMER_PROPERTIES.join(",")}`], ...timers);
    const { exitCode, stdout } = await manager.run(argv, TIMEOUT_MS);
    return exitCode === 0 ? timerStates(stdout, Date.now(), Number(process.hrtime.bigint() / 1_000_000n)) : [];
  } catch {
    // No systemctl here: the status has more to say than when jobs run next.
    return [];
  }
}
