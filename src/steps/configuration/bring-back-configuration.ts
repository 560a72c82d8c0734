import { messageOf } from "../../domain/message-of.ts";
import type { RollbackAct } from "../on-rollback.ts";
import { loadConfiguration } from "./load-configuration.ts";

/** Has the daemon read the configuration from before, once `current` names it again. */
export const bringBackConfiguration: RollbackAct<"changes" | "configuration" | "journal"> = {
  name: "bring-back-configuration",
  describe: () => "On a rollback, have the daemon read the configuration from before",
  async run({ hasChanged, factsOf, reloadDaemon, log }) {
    if (!hasChanged) return;
    try {
      log(await reloadDaemon());
    } catch (error) {
      // A daemon that refused the new one goes on with the one from before, whatever keeps it from reading it again.
      if (factsOf(loadConfiguration.name)["refused"] !== true) throw error;
      log(`the daemon goes on with the configuration that it has: ${messageOf(error)}`);
    }
  },
};
