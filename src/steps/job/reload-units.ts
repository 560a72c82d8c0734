import { jobOf } from "./job-units.ts";
import type { Step } from "../step.ts";

/** Has systemd read the unit files again; on a rollback `bringBackTimer` does so, once the old files are in their places. */
export const reloadUnits: Step<"units"> = {
  name: "reload-units",
  phase: "restarting",
  describe: ({ target }) =>
    `Have systemd read its unit files again (systemctl ${target.settings.job?.scope === "user" ? "--user " : ""}daemon-reload)`,
  async run(context) {
    const { signal, log } = context;
    const { job, units } = jobOf(context);
    if (job.command === undefined && job.calendar.length === 0 && job.unit_files === undefined) {
      return log("not needed: both units are this machine's own");
    }
    await units.reload(signal);
  },
};
