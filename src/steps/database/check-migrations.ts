import type { Step } from "../step.ts";
import { refuseRebuild } from "./refuse-rebuild.ts";
import { messageOf } from "../../domain/message-of.ts";

/** Finds the obstacles to the migrations, as far as looking tells, while the running code is still untouched. */
export const checkMigrations: Step<"env" | "migrator"> = {
  name: "check-migrations",
  phase: "building",
  describe: () => "Look at the migrations: none that is applied may have changed or be half done",
  async preview({ target, env }) {
    if (target.settings.database?.strategy !== "rebuild") return [];
    try {
      refuseRebuild({ target, deployment: { trigger: "person" }, env });
      return [];
    } catch (error) {
      return [`it would FAIL: ${messageOf(error)}`];
    }
  },
  async run(context) {
    const { migrator, target, log } = context;
    if (migrator === undefined) return;
    if (target.settings.database?.strategy === "rebuild") refuseRebuild(context);
    else await migrator.check();
    log("nothing stands in the way of the migrations");
  },
};
