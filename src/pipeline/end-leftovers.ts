import { DEPLOYMENT_VARIABLE, STEP_VARIABLE } from "../domain/deployment-variable.ts";
import type { Host } from "../host/host.ts";
import type { Step } from "../steps/step.ts";
import type { Journal } from "./journal.ts";
import type { OutputLog } from "./output-log.ts";

interface Left {
  readonly id: string;
  readonly steps: readonly Step[];
  readonly journal: Pick<Journal, "isOver">;
  readonly output: OutputLog;
}

/** Ends what a runner that was killed left running of its last step. Processes of steps that are over are meant to run. */
export async function endLeftovers(
  { processes }: Pick<Host, "processes">,
  { id, steps, journal, output }: Left,
): Promise<void> {
  const over = steps.filter((step) => journal.isOver(step));
  const ended = await processes.endMarked([DEPLOYMENT_VARIABLE, id], {
    unless: over.map(({ name }) => [STEP_VARIABLE, name]),
  });
  if (ended > 0) output.add("fraisier", "fraisier", `ended ${ended} processes of the runner before`);
}
