import { targetName } from "../../domain/fraise.ts";
import type { Target } from "../config.ts";
import type { Problems } from "../file/problems.ts";

/** Two jobs with one unit would take each other's schedule away. */
export function checkUnits(targets: readonly Target[], problems: Problems): void {
  const owners = new Map<string, Target>();
  for (const target of targets) {
    const { job } = target.settings;
    if (job === undefined) continue;
    for (const [key, unit] of [
      ["systemd_service", job.service],
      ["systemd_timer", job.timer],
    ] as const) {
      const owner = owners.get(`${job.scope} ${unit}`);
      if (owner !== undefined) {
        const path = ["fraises", target.fraise, "environments", target.environment, "jobs", target.job, key];
        problems.of(path, `: ${unit} is also the unit of ${targetName(owner)}`);
      }
      owners.set(`${job.scope} ${unit}`, target);
    }
  }
}
