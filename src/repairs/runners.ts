import { targetName } from "../domain/fraise.ts";
import { processesWith } from "../host/end-marked.ts";
import { isStopped } from "../host/process-identity.ts";
import type { ProcessIdentity } from "../host/process-identity.ts";
import { launchers } from "../launchers/index.ts";
import { RUNNER_VARIABLE } from "../launchers/runner-environment.ts";
import { LAUNCHING } from "../store/writes/claim-deployment.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** A runner ends a moment after its deployment does. */
const ENDING_MS = 60_000;

/** Runners whose deployment has ended, or is another runner's by now: a runner that was stopped (SIGSTOP) stays for ever. */
export const runners: Repair = {
  kind: "runner",
  async find(scene) {
    const found: Damage[] = [];
    for (const { pid, argv, variables } of await processesWith(RUNNER_VARIABLE)) {
      const id = deploymentIn(argv);
      const why = id === undefined ? undefined : await whyOrphaned(scene, id, pid);
      const kind = variables.get(RUNNER_VARIABLE) ?? "";
      const launcher = launchers.find(({ name }) => name === kind);
      if (id === undefined || why === undefined || launcher === undefined) continue;
      found.push({
        where: `process ${pid}`,
        what: `process ${pid} is a runner of deployment ${id}, which is not its to run any more`,
        why,
        targets: [],
        remedy: {
          does: "ends the process and what it started",
          async mend() {
            if ((await whyOrphaned(scene, id, pid)) === undefined) return "left alone: it has ended";
            await launcher.stop(id, pid);
            return `ended process ${pid}`;
          },
        },
      });
    }
    return found;
  },
};

/** The deployment in `fraisier run <deployment> --config <file>`, as every launcher and unit writes it. */
function deploymentIn(argv: readonly string[]): string | undefined {
  const [verb, id, option] = argv.slice(-4);
  return verb === "run" && option === "--config" ? id : undefined;
}

/** Undefined if this process may be the runner of the deployment, or belongs to another store. */
async function whyOrphaned({ store, targets, isWhole }: Scene, id: string, pid: number): Promise<string | undefined> {
  const row = (await store.deployments.detail(id))?.deployment;
  if (row === undefined) return undefined;
  if (!isWhole && !targets.some((each) => targetName(each) === targetName(row))) return undefined;
  if (row.finishedAt !== undefined) {
    const isEnding = Date.now() - Date.parse(row.finishedAt) < ENDING_MS && !isStopped(pid);
    return isEnding ? undefined : `the deployment ended at ${row.finishedAt} (${row.status.replace("_", " ")})`;
  }
  // Until a runner has taken it up, any runner of it may.
  if (row.runnerIdentity === undefined || row.runnerKind === LAUNCHING) return undefined;
  const runner = JSON.parse(row.runnerIdentity) as ProcessIdentity;
  return runner.pid === pid || !isStopped(pid) ? undefined : `process ${runner.pid} runs the deployment now`;
}
