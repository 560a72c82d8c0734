import { join } from "node:path";
import { short } from "../../domain/decision.ts";
import { installedText, jobOf, unitsIn, wantedUnits } from "./job-units.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

/** A push that changes neither the job's files nor its units, while its timer is as it should be, is nothing to deploy. */
export const checkNeeded: Step<"files" | "git" | "releases" | "running" | "skip" | "units"> = {
  name: "check-needed",
  phase: "pulling_source",
  describe: () => "Find out whether a push changes anything: the files of the job, its units, or a timer that is off",
  async run(context) {
    const { deployment, places, host, previousRevision, previousRelease, log } = context;
    const { job, units } = jobOf(context);
    // A machine without systemd is found here, before anything is built for it.
    const { enabled, active, description } = await units.timerState(job.timer);
    // A deployment that a person asks for by name is always made.
    if (deployment.trigger !== "delivery" && deployment.trigger !== "sweep") return;
    if (previousRevision === undefined || previousRelease === undefined) return;
    const changed = await host.git.changedPaths(places.mirror, previousRevision, deployment.revision);
    if (changed === undefined || changed.length > 0) return;
    // With no file changed, the release that runs has the same units as the revision.
    const other = await changedUnit(context, previousRelease);
    if (other !== undefined) {
      log(`${other} is not as it should be`);
      return;
    }
    if (enabled && active) {
      context.skip(
        `no file differs between ${short(previousRevision)} and ${short(deployment.revision)}, and ${job.service} and ${job.timer} are as they should be`,
        { isDone: true },
      );
    }
    log(`${job.timer} is ${enabled ? description : "not enabled"}`);
  },
};

/** The first unit whose installed file is not what the release says. */
async function changedUnit(context: StepContext<"files" | "units">, release: string): Promise<string | undefined> {
  const { units } = jobOf(context);
  for (const { name, text } of await wantedUnits(context, unitsIn(context, release)))
    if (text !== undefined && (await installedText(context, join(units.directory, name))) !== text) return name;
  return undefined;
}
