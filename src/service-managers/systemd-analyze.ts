import { StepFailed } from "../domain/errors.ts";
import type { ProcessResult } from "../host/processes.ts";
import type { Manager } from "./systemctl.ts";
import type { Units } from "./units.ts";

/** The questions that systemd-analyze(1) answers. */
export function systemdAnalyze(manager: Manager): Pick<Units, "verify" | "nextOf"> {
  return {
    async verify(files) {
      const verify = (...options: readonly string[]): Promise<ProcessResult> =>
        manager.run(["systemd-analyze", ...manager.scope, "verify", "--man=no", ...options, ...files]);
      // Other units' warnings are not this deployment's. Before systemd 250 there was no way to say so.
      let result = await verify("--recursive-errors=no");
      if (/unrecognized option/.test(result.tail)) result = await verify();
      if (result.exitCode === 0) return;
      const words = result.tail.trim().split("\n").slice(-6).join("; ");
      throw new StepFailed(`systemd-analyze verify refuses the units: ${words || "it does not say why"}`, {
        hint: "Nothing was touched. Mend the unit, in the repository or in fraises.yaml, and deploy again.",
      });
    },

    async nextOf(calendar) {
      const result = await manager.run(["systemd-analyze", "calendar", "--", calendar]);
      const next = /Next elapse: \w+ (\S+) (\S+) UTC/.exec(result.stdout);
      if (result.exitCode === 0 && next !== null) return `${next[1]}T${next[2]}Z`;
      const words = result.exitCode === 0 ? "it never comes" : result.tail.trim().split("\n")[0];
      throw new StepFailed(`"${calendar}" is no schedule for this systemd: ${words}`, {
        hint: `Nothing was touched. Try it: systemd-analyze calendar ${JSON.stringify(calendar)}`,
      });
    },
  };
}
