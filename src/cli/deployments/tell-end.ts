import { isOutcome } from "../../domain/deployment.ts";
import type { Outcome } from "../../domain/deployment.ts";
import type { Store } from "../../store/store.ts";
import { EXIT } from "../exit-codes.ts";
import { harmless } from "../../domain/harmless.ts";
import { outcomeStyle } from "../print/outcome-style.ts";
import type { Print } from "../print/print.ts";
import { deploymentAdvice } from "../../answers/stories/deployment-advice.ts";

/** How a deployment ended, as `--json` shows it. */
interface End {
  /** Undefined if it has not ended. */
  readonly status: Outcome | undefined;
  readonly reason: string;
  readonly hint: string;
  readonly advice: string | null;
}

/** Says how the deployment ended, why, and what to do about it. Returns the exit code. */
export async function tellEnd(store: Store, id: string, print: Print): Promise<number> {
  const end = await endOf(store, id);
  if (print.isJson) print.json({ deployment: id, ...end });
  else printEnd(end, print);
  return end.status === "succeeded" || end.status === "skipped" ? EXIT.ok : EXIT.failed;
}

async function endOf(store: Store, id: string): Promise<End> {
  const detail = await store.deployments.detail(id);
  if (detail === undefined) return { status: undefined, reason: "", hint: "", advice: null };
  const { status, reason, hint } = detail.deployment;
  const [state] = await store.targets.status(detail.deployment);
  const advice = deploymentAdvice(detail, state) ?? null;
  return { status: isOutcome(status) ? status : undefined, reason, hint, advice };
}

function printEnd({ status, reason, advice }: End, print: Print): void {
  if (status === undefined) return;
  print.line(`${outcomeStyle(print, status)}${reason === "" ? "" : harmless(`: ${reason}`)}`);
  if (advice !== null) print.line(harmless(advice));
}
