import type { DeploymentDetail } from "../../store/reads/deployment-detail.ts";
import type { TargetState } from "../../domain/target-state.ts";
import { retryName } from "../../domain/retry.ts";
import { unended } from "./unended.ts";

type Row = DeploymentDetail["deployment"];

/** The commands that help the reader of a deployment's story; undefined if there is nothing to do. Pure. */
export function deploymentAdvice(row: Row, state: TargetState | undefined): string | undefined {
  const target = [row.fraise, row.environment, ...(row.job === "" ? [] : ["--job", row.job])].join(" ");
  const again = `fraisier deploy ${target} --revision ${row.revision}`;
  // A hint may have several lines, each a sentence or a command.
  const lines = row.hint.split("\n").filter((line) => line.trim() !== "");
  const hint = lines.map((line) => `${unended(line.trim())}. `).join("");
  switch (row.status) {
    case "queued":
      return row.heldBecause === undefined
        ? "It starts when its target is free; fraisier status shows what runs. Is the daemon running?"
        : heldAdvice(
            row.heldBecause,
            `fraisier deploy ${target} --revision ${row.revision} --override <why> goes ahead.`,
          );
    case "running":
    case "rolling_back":
      return `fraisier logs -f ${row.id} follows it.`;
    case "failed":
    case "cancelled":
      return `${hint === "" ? "Redeliver" : `${hint}Then redeliver`} the push, or ${again}.`;
    case "rolled_back":
      if (state?.waiting !== undefined && state.waiting.retry > row.retry)
        return `${hint}${capital(retryName(state.waiting.retry, state.waiting.retryLimit))} waits: deployment ${state.waiting.id}.`;
      return state?.hold === undefined
        ? `${hint}fraisier logs ${row.id} shows what went wrong. Redeliver the push, or ${again}; a newer push is deployed as usual.`
        : `${hint}fraisier logs ${row.id} shows what went wrong. Push a fix, or fraisier resume ${target} to try the same revision again.`;
    case "rollback_failed":
      return `${hint}fraisier logs ${row.id} shows what went wrong.`;
    case "superseded":
      return `fraisier why ${row.supersededBy} goes on from there.`;
    default:
      // The deployment succeeded, or there was nothing to do.
      return undefined;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Advice for a deployment that waits for the reason that queue/held-because.ts gives. */
function heldAdvice(because: string, override: string): string {
  const end = /^frozen from .+? to (.+? \([^)]+\))/.exec(because)?.[1];
  if (end !== undefined) return `The freeze ends ${end}; ${override}`;
  if (because.startsWith("retry "))
    return "It starts by itself then; fraisier deploy of the same revision starts it now.";
  if (because.startsWith("the configuration ")) return "fraisier config validate shows every mistake in it.";
  if (because.startsWith("a secret is missing")) return "Once the secret is set, it starts by itself.";
  // A process that works on the target by hand has it for itself: no override passes it.
  if (!/^(uid )?\S+ locked /.test(because)) return "It starts when that has ended; fraisier lock lists what is locked.";
  return `fraisier unlock ends a lock; ${override}`;
}
