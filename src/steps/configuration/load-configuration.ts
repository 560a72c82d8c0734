import type { Step } from "../step.ts";

/** The daemon reads what is in force now. If it refuses, the deployment is taken back: a file must not be in force that the daemon does not follow. */
export const loadConfiguration: Step<"configuration" | "facts"> = {
  name: "load-configuration",
  phase: "restarting",
  describe: () => "Have the daemon read it, without a restart",
  async run({ reloadDaemon, remember, log }) {
    try {
      log(await reloadDaemon());
    } catch (error) {
      await remember({ refused: true });
      throw error;
    }
  },
};
