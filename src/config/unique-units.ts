import type { ConfigProblem } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import type { Target } from "./config.ts";
import { pathName } from "./locate.ts";
import type { ReadDocument } from "./read-document.ts";

/** Two jobs with one unit would take each other's schedule away. */
export function checkUnits(
  targets: readonly Target[],
  document: ReadDocument,
  complain: (problem: ConfigProblem) => void,
): void {
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
        complain(document.problemAt(path, `${pathName(path)}: ${unit} is also the unit of ${targetName(owner)}`));
      }
      owners.set(`${job.scope} ${unit}`, target);
    }
  }
}
