import { z } from "zod";
import { StepFailed } from "../domain/errors.ts";
import { codeOrigin } from "./code-origin.ts";
import { defineServiceManager } from "./service-manager.ts";
import type { Service } from "./service-manager.ts";
import { managerOf, QUESTION_TIMEOUT_MS } from "./systemctl.ts";
import { systemdFailure } from "./systemd-failure.ts";
import { unitJournal } from "./unit-journal.ts";
import { unitName } from "./unit-name.ts";
import { journalObstacle, loadObstacles, rightObstacles } from "./unit-obstacles.ts";
import { UNIT_PROPERTIES, unitState } from "./unit-state.ts";

const settings = {
  unit: z
    .string()
    // systemd.unit(5); without the patterns systemctl would take for several units.
    .regex(/^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/, "no name of a unit: shop.service, worker@1.service")
    .describe("name of the unit, `.service` when it has no suffix"),
  scope: z
    .enum(["system", "user"])
    .default("system")
    .describe("`user` for units of the user manager of the user fraisier runs as"),
  runs_from: z
    .string()
    .startsWith("/", "an absolute path")
    .optional()
    .describe(
      "The folder that the unit gets its code from, if that is another folder on purpose; then it is not compared with this target's",
    )
    .meta({ examples: ["/srv/shop/current"] }),
};

/** A start that systemd itself does not bound (`TimeoutStartSec=infinity`) is bounded by this and the deployment's deadline. */
const RESTART_TIMEOUT_MS = 15 * 60_000;
const LINES_IN_MESSAGE = 10;

/** Units of systemd, through systemctl(1) and journalctl(1): the whole interface that polkit rules and man pages speak of. */
export const systemd = defineServiceManager({
  name: "systemd",
  settings,
  keepsOutput: () => true,

  service({ unit: name, scope: whose, runs_from: folder }, host, env): Service {
    const unit = unitName(name);
    const manager = managerOf(whose === "user", host, env);
    const { scope, userScope } = manager;
    const systemctl = (verb: string, ...options: readonly string[]): readonly string[] =>
      manager.systemctl(verb, options, unit);
    const change = async (verb: string, signal?: AbortSignal): Promise<void> => {
      const result = await manager.run(systemctl(verb), RESTART_TIMEOUT_MS, signal);
      if (result.exitCode === 0) return;
      // The unit's own output is of use only if it ran; a unit that cannot even be asked for said nothing.
      const failed = await state().then(
        (now) => now.failed,
        () => false,
      );
      const output = failed ? ((await recentOutput(LINES_IN_MESSAGE)) ?? []) : [];
      throw systemdFailure(`cannot ${verb} ${unit}`, result, { unit, userScope, output });
    };
    const state: Service["state"] = async () => {
      const result = await manager.run(systemctl("show", `--property=${UNIT_PROPERTIES.join(",")}`));
      if (result.exitCode !== 0) {
        throw systemdFailure(`cannot ask for ${unit}`, result, { unit, userScope, output: [] });
      }
      return unitState(unit, result.stdout);
    };
    const recentOutput = unitJournal(manager, unit);

    return {
      name: unit,
      state,
      recentOutput,
      async obstacles({ verbs, output }) {
        const unusable = await loadObstacles(manager, [unit]);
        if (unusable.length > 0) return unusable;
        const unreadable = output ? await journalObstacle(manager, unit) : undefined;
        return [...(await rightObstacles(manager, unit, verbs)), ...(unreadable === undefined ? [] : [unreadable])];
      },
      codeOrigin: async (wanted) => (folder === undefined ? await codeOrigin(manager, unit, wanted, host) : undefined),
      stop: (signal) => change("stop", signal),

      async restart(signal) {
        // A crash loop of the last release may have used up the start limit: it must not keep its rollback from starting.
        // Fails for a unit that is not loaded, or where we may only restart: then the restart has the say.
        await manager.run(systemctl("reset-failed"), QUESTION_TIMEOUT_MS, signal);
        await change("restart", signal);
        // Type=simple counts as started once it is forked; a missing program shows a moment later, or never here.
        const now = await state();
        if (now.up || now.changing) return;
        const output = (await recentOutput(LINES_IN_MESSAGE)) ?? [];
        throw new StepFailed(
          `${unit} did not stay up: ${now.description}${output.length > 0 ? `: ${output.join("; ")}` : ""}`,
          {
            hint: `Look at it: systemctl ${[...scope, "status"].join(" ")} ${unit}`,
          },
        );
      },
    };
  },
});
