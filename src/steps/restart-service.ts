import type { Step } from "./step.ts";

/** Restarts the service, and waits until its manager says the start is done. */
export const restartService: Step = {
  name: "restart-service",
  phase: "restarting",
  describe: ({ target }) => `Restart ${target.settings.service?.unit ?? "the service"}`,
  async run({ service, signal, log }) {
    if (service === undefined) return;
    log(`restarting ${service.name}`);
    await service.restart(signal);
  },
};
