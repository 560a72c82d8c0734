import type { StatisticsDocument } from "../../answers/schemas/statistics-document.ts";
import type { Print } from "./print.ts";

/** How deployments ended by target, and how long the phases of the successful ones took. */
export function statisticsTables({ targets, since }: StatisticsDocument, print: Print): void {
  if (targets.length === 0) {
    print.line(`No deployment has ended since ${since}.`);
    return;
  }
  print.line(`Deployments that ended since ${since} (UTC)`);
  print.table(
    ["TARGET", "ENDED", "SUCCEEDED", "FAILED", "ROLLED BACK", "OTHER", "SUCCESS", "TOOK"],
    targets.map((each) => [
      each.target,
      String(each.deployments),
      String(each.succeeded),
      String(each.failed),
      String(each.rolled_back + each.rollback_failed),
      String(each.superseded + each.skipped + each.cancelled),
      each.success_rate === null ? "-" : `${(100 * each.success_rate).toFixed(1)} %`,
      seconds(each.durations.average_ms),
    ]),
  );
  const phases = targets.flatMap(({ target, durations }) =>
    durations.phases.map(({ phase, average_ms, longest_ms }) => [
      target,
      phase,
      seconds(average_ms),
      seconds(longest_ms),
      String(durations.deployments),
    ]),
  );
  if (phases.length === 0) return;
  print.line();
  print.table(["TARGET", "PHASE", "AVERAGE", "LONGEST", "OF SUCCESSES"], phases);
}

function seconds(ms: number | null): string {
  return ms === null ? "-" : `${(ms / 1000).toFixed(1)} s`;
}
