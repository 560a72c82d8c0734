import { StepFailed } from "../../domain/errors.ts";
import { refuseOtherCode } from "./runs-elsewhere.ts";
import { takenPort } from "./taken-port.ts";
import type { Step } from "../step.ts";

/** How many of its last lines may say that its port is taken. */
const LINES = 20;

/** Restarts the service, and waits until its manager says the start is done. */
export const restartService: Step<"env" | "processes" | "service"> = {
  name: "restart-service",
  phase: "restarting",
  describe: ({ target }) => `Restart ${target.settings.service?.unit ?? "the service"}`,
  async run(context) {
    const { service, signal, log } = context;
    if (service === undefined) return;
    log(`restarting ${service.name}`);
    const since = new Date();
    try {
      await service.restart(signal);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      throw (await takenPort(context, (await service.recentOutput(LINES, since)) ?? [], error.message)) ?? error;
    }
    await refuseOtherCode(context);
  },
};
