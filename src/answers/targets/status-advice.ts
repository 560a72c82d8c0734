import type { Store } from "../../store/store.ts";
import { deploymentAdvice } from "../stories/deployment-advice.ts";
import type { TargetRow } from "./known-targets.ts";

/** The newest deployment of a target ended in this way: its row says what to do. */
const NEEDS_HELP: ReadonlySet<string> = new Set(["failed", "rolled_back", "rollback_failed"]);

/** The commands that help with a target as it is; undefined if there is nothing to do. */
export async function statusAdvice(store: Pick<Store, "deployments">, row: TargetRow): Promise<string | undefined> {
  const borrowed = borrowedAdvice(row);
  if (borrowed !== undefined) return borrowed;
  if (row.last === undefined || !NEEDS_HELP.has(row.last.status)) return undefined;
  const last = await store.deployments.detail(row.last.id);
  return last === undefined ? undefined : deploymentAdvice(last, row);
}

/** How a target with borrowed code that was deployed at another revision gets in step with it; undefined if it is, or if something is on its way. */
function borrowedAdvice({ code, revision, running, waiting, fraise, environment }: TargetRow): string | undefined {
  if (code?.revision === undefined || revision === undefined || code.revision === revision) return undefined;
  if (running !== undefined || waiting !== undefined) return undefined;
  return `it reads the code of ${code.name}, and was not deployed with it: fraisier deploy ${fraise} ${environment} --revision ${code.revision}`;
}
