import { becomeHealthy } from "./check-health.ts";
import { HostUnavailable, StepFailed } from "../../domain/errors.ts";
import { restartService } from "./restart-service.ts";
import type { StepContext } from "../capabilities.ts";
import type { RollbackAct } from "../on-rollback.ts";

type Needs = "changes" | "clock" | "env" | "facts" | "journal" | "processes" | "requests" | "running" | "service";
type Service = NonNullable<StepContext<"service">["service"]>;

/** Brings the service up on the code and the database that stand again, and makes sure that it runs. Leaves a service alone for which nothing has changed. */
export const bringBackService: RollbackAct<Needs> = {
  name: "keep-service",
  describe: ({ target }) =>
    `Note how ${target.settings.service?.unit ?? "the service"} runs now, to be able to go back`,
  async note({ service, facts, remember, log }) {
    if (service === undefined || "wasUp" in facts) return;
    const state = await service.state();
    await remember({ wasUp: state.up, mainPid: state.mainPid ?? null, state: state.description });
    log(`${service.name} is ${state.description}`);
  },
  async run(context) {
    const { service, previousRevision, hasChanged, hasDisturbed, facts, startOf, log } = context;
    if (service === undefined) return;
    const wasUp = facts["wasUp"] === true;
    // Before fraisier's first deployment somebody else brought it up.
    const isForeign = previousRevision === undefined && wasUp;
    const isAsItWas = !hasChanged || (isForeign && startOf(restartService) === undefined);
    if (isAsItWas && !hasDisturbed && (!wasUp || (await service.state()).up)) {
      log(`${service.name} is left as it is`);
      return;
    }
    if (isForeign) await restartForeign(service, context);
    else if (previousRevision === undefined) await stopAgain(service, context);
    else await restartOn(previousRevision, service, context);
  },
};

/** Restarts code that fraisier knows nothing of: whether it is healthy is not ours to judge, but that it runs. */
async function restartForeign(service: Service, { signal, log }: StepContext<never>): Promise<void> {
  log(`restarting ${service.name} on what it ran before`);
  await service.restart(signal);
  if (!(await service.state()).up)
    throw new StepFailed(`${service.name} does not run`, { hint: "It did before this deployment." });
}

async function stopAgain(service: Service, { signal, log }: StepContext<never>): Promise<void> {
  const { isActive, description } = await service.state();
  if (!isActive) {
    log(`${service.name} did not run before, and is ${description}: it is left as it is`);
    return;
  }
  log(`nothing ran before: ${service.name} is stopped`);
  await service.stop(signal);
}

async function restartOn(revision: string, service: Service, context: StepContext<Needs>): Promise<void> {
  context.log(`restarting ${service.name} on ${revision}`);
  try {
    await service.restart(context.signal);
  } catch (error) {
    // A restart that the host refuses, for want of a right, was refused going forward too: the old process never ended.
    if (!(error instanceof HostUnavailable) || !(await isSameProcess(context))) throw error;
    context.log(`${error.message}; but its process is still the one that ran before this deployment`);
  }
  await becomeHealthy(context);
}

/** Whether the service's main process is the one that was noted before anything changed. */
async function isSameProcess({ service, facts }: StepContext<"facts" | "service">): Promise<boolean> {
  if (typeof facts["mainPid"] !== "number") return false;
  const state = await service?.state();
  return state?.up === true && state.mainPid === facts["mainPid"];
}
