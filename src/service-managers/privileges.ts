import type { JobSettings } from "../schedule/job.ts";
import type { ServiceSettings } from "./service-manager.ts";
import { unitName } from "./unit-name.ts";

/** The verbs that fraisier uses on a target's own service. */
const SERVICE_VERBS = ["restart", "stop", "reset-failed"] as const;
/** The verbs for the timer of a job whose unit files belong to root, and for the job's service. */
const TIMER_VERBS = ["restart", "stop"] as const;
const JOB_SERVICE_VERBS = ["reset-failed"] as const;

/** A unit of the system manager, and the verbs that an unprivileged fraisier needs leave for. */
export interface Privilege {
  readonly unit: string;
  readonly verbs: readonly string[];
}

interface Managed {
  readonly service: ServiceSettings | undefined;
  readonly job?: JobSettings | undefined;
  /** The verbs that commands in the sandbox may use on units. */
  readonly sandbox?: { readonly allow: { readonly units: Readonly<Record<string, readonly string[]>> } };
}

/**
 * The units and verbs that these targets need of the system's manager, sorted by unit. A user's own units need no leave. A job whose unit files
 * fraisier writes is not here: writing and enabling system units cannot be allowed by name, so such a job is deployed as root.
 */
export function privilegesOf(targets: readonly Managed[]): readonly Privilege[] {
  const wanted = new Map<string, Set<string>>();
  const want = (unit: string, verbs: readonly string[]): void => {
    const known = wanted.get(unit) ?? new Set<string>();
    for (const verb of verbs) known.add(verb);
    wanted.set(unit, known);
  };
  for (const { service, job, sandbox } of targets) {
    for (const [unit, verbs] of Object.entries(sandbox?.allow.units ?? {})) want(unit, verbs);
    if (service?.manager === "systemd" && service["scope"] !== "user")
      want(unitName(service.unit ?? ""), SERVICE_VERBS);
    if (job === undefined || job.scope === "user" || writesUnits(job)) continue;
    want(job.timer, TIMER_VERBS);
    want(job.service, JOB_SERVICE_VERBS);
  }
  return [...wanted]
    .map(([unit, verbs]) => ({ unit, verbs: [...verbs] }))
    .toSorted((a, b) => (a.unit < b.unit ? -1 : 1));
}

/** Whether fraisier itself writes unit files of this job. */
export function writesUnits(job: Pick<JobSettings, "command" | "calendar" | "unit_files">): boolean {
  return job.command !== undefined || job.calendar.length > 0 || job.unit_files !== undefined;
}
