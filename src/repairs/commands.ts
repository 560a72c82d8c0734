import { DEPLOYMENT_VARIABLE, STEP_VARIABLE } from "../domain/deployment-variable.ts";
import { targetName } from "../domain/fraise.ts";
import { processesWith } from "../host/end-marked.ts";
import type { Mark, MarkedProcess } from "../host/end-marked.ts";
import { CALL_VARIABLE } from "../host/git-command.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** Commands and gits of deployments that have ended. Processes that a finished step started are meant to run. */
export const commands: Repair = {
  kind: "command",
  async find(scene) {
    const found: Damage[] = [];
    for (const each of await processesWith(DEPLOYMENT_VARIABLE)) {
      const id = each.variables.get(DEPLOYMENT_VARIABLE) ?? "";
      const [why, mark] = (await whyOrphaned(scene, id, each)) ?? [];
      if (why === undefined || mark === undefined) continue;
      const words = each.argv.join(" ").slice(0, 80);
      found.push({
        where: `process ${each.pid}`,
        what: `process ${each.pid} (${words}) is left of deployment ${id}`,
        why,
        targets: [],
        remedy: {
          does: "ends the process and those that belong to it",
          async mend() {
            if ((await whyOrphaned(scene, id, each)) === undefined) return "left alone: its deployment runs again";
            const count = await scene.host.processes.endMarked([DEPLOYMENT_VARIABLE, id], { also: [mark] });
            return count === 0 ? "it had ended by itself" : `ended ${count} processes`;
          },
        },
      });
    }
    return found;
  },
};

/** Why nothing needs the process, and the mark by which it is ended; undefined if that is not known. */
async function whyOrphaned(
  { store, targets, isWhole }: Scene,
  id: string,
  { variables }: MarkedProcess,
): Promise<readonly [why: string, mark: Mark] | undefined> {
  const detail = await store.deployments.detail(id);
  // The process belongs to another store, or its deployment runs: the next runner ends what the one before has left.
  if (detail === undefined || detail.deployment.finishedAt === undefined) return undefined;
  if (!isWhole && !targets.some((each) => targetName(each) === targetName(detail.deployment))) return undefined;
  const ended = `the deployment ended at ${detail.deployment.finishedAt}`;
  const call = variables.get(CALL_VARIABLE);
  if (call !== undefined) return [`${ended}, and the process belongs to a git of it`, [CALL_VARIABLE, call]];
  const name = variables.get(STEP_VARIABLE);
  const step = detail.steps.find((each) => each.step === name);
  if (name === undefined || step === undefined || step.status === "finished" || step.status === "undone")
    return undefined;
  return [`${ended}, and its step ${name}, which started the process, did not finish`, [STEP_VARIABLE, name]];
}
