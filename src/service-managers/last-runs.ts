import type { Host } from "../host/host.ts";
import type { JobSettings } from "../schedule/job.ts";
import { managerOf } from "./systemctl.ts";

/** How the service of a job ended the last time that it ran. systemd forgets it with a reboot. */
export interface LastRun {
  /** systemd's word: `success`, `exit-code`, `signal`, `timeout`, `exec-condition`. */
  readonly result: string;
  /** The result of its main process: the exit code, or the number of the signal that ended it. */
  readonly exitCode: number;
  /** When its main process ended, ISO-8601. */
  readonly at: string;
}

const PROPERTIES = ["Id", "Result", "ExecMainStatus", "ExecMainExitTimestamp"] as const;
/** A person who looks at a status does not wait for a systemd that hangs. */
const TIMEOUT_MS = 2_000;

/** The last runs of jobs that ran, by scope and service: one question for each manager. Empty if no systemd answers. */
export async function lastRunsNow(
  jobs: readonly Pick<JobSettings, "scope" | "service">[],
  host: Host,
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, LastRun>> {
  const found = new Map<string, LastRun>();
  for (const scope of ["system", "user"] as const) {
    const services = jobs.filter((job) => job.scope === scope).map(({ service }) => service);
    if (services.length === 0) continue;
    const manager = managerOf(scope === "user", host, env);
    const argv = manager.systemctl("show", [`--property=${PROPERTIES.join(",")}`], ...services);
    // No systemctl here: the status has more to say than how jobs ended.
    const shown = await manager.run(argv, TIMEOUT_MS).catch(() => undefined);
    for (const block of shown?.exitCode === 0 ? shown.stdout.trim().split("\n\n") : []) {
      const read = lastRunIn(block);
      if (read !== undefined) found.set(runKey(scope, read.service), read.lastRun);
    }
  }
  return found;
}

/** The key of a service in what `lastRunsNow` gives. */
export function runKey(scope: JobSettings["scope"], service: string): string {
  return `${scope} ${service}`;
}

function lastRunIn(block: string): { readonly service: string; readonly lastRun: LastRun } | undefined {
  const property = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(block)?.[1] ?? "";
  const [, day, time] =
    /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC$/.exec(property("ExecMainExitTimestamp")) ?? [];
  if (day === undefined) return undefined;
  return {
    service: property("Id"),
    lastRun: {
      result: property("Result"),
      exitCode: Number(property("ExecMainStatus")),
      at: new Date(`${day}T${time}Z`).toISOString(),
    },
  };
}
