import { advanceCheckout } from "../release/advance-checkout.ts";
import { becomeHealthy } from "./check-health.ts";
import { HostUnavailable, StepFailed } from "../../domain/errors.ts";
import { migrateDatabase } from "../database/migrate-database.ts";
import { restartService } from "./restart-service.ts";
import { restoreDatabase } from "../database/restore-database.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

type Needs = "clock" | "env" | "facts" | "journal" | "processes" | "requests" | "running" | "service";
type Service = NonNullable<StepContext<"service">["service"]>;

/**
 * Stands before the first step that changes what runs. Going forward it only looks; taken back (last, as it came first) it brings the
 * service up on what runs again by then, and makes sure that it does.
 */
export const keepService: Step<Needs> = {
  name: "keep-service",
  phase: "creating_symlinks",
  describe: ({ target }) =>
    `Note how ${target.settings.service?.unit ?? "the service"} runs now, to be able to go back`,
  async run({ service, facts, remember, log }) {
    if (service === undefined || "wasUp" in facts) return;
    const state = await service.state();
    await remember({ wasUp: state.up, mainPid: state.mainPid ?? null, state: state.description });
    log(`${service.name} is ${state.description}`);
  },
  async undo(context) {
    const { service, previousRevision, facts, startOf, log } = context;
    if (service === undefined) return;
    const wasUp = facts["wasUp"] === true;
    // Before fraisier's first deployment somebody else brought it up.
    const isForeign = previousRevision === undefined && wasUp;
    const isAsItWas = isUntouched(context) || (isForeign && startOf(restartService) === undefined);
    if (isAsItWas && !isDisturbed(context) && (!wasUp || (await service.state()).up)) {
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

/** Whether it may run code of the revision since its manager started it again, or was stopped for a restore: then being up says nothing. */
function isDisturbed({ startOf, factsOf }: StepContext<"journal">): boolean {
  return startOf(advanceCheckout) !== undefined || factsOf(restoreDatabase.name)["stopped"] === true;
}

/** Whether the deployment ended before it changed what runs, or what that relies on. */
function isUntouched({ lastBegun, factsOf }: StepContext<"journal">): boolean {
  if (lastBegun === undefined || lastBegun === keepService.name || lastBegun === restoreDatabase.name) return true;
  const { migrations, rebuilt } = factsOf(migrateDatabase.name);
  return (
    lastBegun === migrateDatabase.name && rebuilt !== true && (!Array.isArray(migrations) || migrations.length === 0)
  );
}
