import { checkHealth } from "./check-health.ts";
import type { Step } from "./step.ts";

/**
 * Stands before the first step that changes what runs. Going forward it only looks; taken back (last, as it came first) it brings the
 * service up on what runs again by then, and makes sure that it does.
 */
export const keepService: Step = {
  name: "keep-service",
  phase: "creating_symlinks",
  describe: ({ target }) =>
    `Note how ${target.settings.service?.unit ?? "the service"} runs now, to be able to go back`,
  async run({ service, facts, remember, log }) {
    if (service === undefined || "wasUp" in facts) return;
    const state = await service.state();
    await remember({ wasUp: state.up, state: state.description });
    log(`${service.name} is ${state.description}`);
  },
  async undo(context) {
    const { service, previousRevision, signal, log } = context;
    if (service === undefined) return;
    if (previousRevision === undefined) {
      log(`nothing ran before: ${service.name} is stopped`);
      await service.stop(signal);
      return;
    }
    log(`restarting ${service.name} on ${previousRevision}`);
    await service.restart(signal);
    await checkHealth.run(context);
  },
};
