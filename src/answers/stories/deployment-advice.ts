import type { DeploymentDetail } from "../../store/reads/deployment-detail.ts";
import type { TargetState } from "../../domain/target-state.ts";
import { retryName } from "../../domain/retry.ts";
import type { WaitReason } from "../../domain/wait-reason.ts";
import { unended } from "./unended.ts";

/** The commands that help the reader of a deployment's story; undefined if there is nothing to do. Pure. */
export function deploymentAdvice(
  { deployment: row, waitsFor }: Pick<DeploymentDetail, "deployment" | "waitsFor">,
  state: TargetState | undefined,
): string | undefined {
  const again = `fraisier deploy ${targetWords(row)} --revision ${row.revision}`;
  const hint = hintSentences(row.hint);
  switch (row.status) {
    case "queued":
      return waitsFor === undefined
        ? "It starts when its target is free; fraisier status shows what runs. Is the daemon running?"
        : waitAdvice(waitsFor, `${again} --override <why> goes ahead.`);
    case "running":
    case "rolling_back":
      return `fraisier logs -f ${row.id} follows it.`;
    case "failed":
    case "cancelled":
      return `${hint === "" ? "Redeliver" : `${hint}Then redeliver`} the push, or ${again}.`;
    case "rolled_back":
      return hint + rolledBackAdvice(row, state);
    case "rollback_failed":
      return `${hint}fraisier logs ${row.id} shows what went wrong.`;
    case "superseded":
      return `fraisier why ${row.supersededBy} goes on from there.`;
    default:
      // The deployment succeeded, or there was nothing to do.
      return undefined;
  }
}

type Row = DeploymentDetail["deployment"];

/** A target as the commands name it. */
function targetWords({ fraise, environment, job }: Row): string {
  return [fraise, environment, ...(job === "" ? [] : ["--job", job])].join(" ");
}

/** A hint in a sentence: it may have several lines, each a sentence, a command, or a line that a program printed. */
export function hintSentences(hint: string): string {
  const lines = hint.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => `${unended(line.trim())}. `).join("");
}

function rolledBackAdvice(row: Row, state: TargetState | undefined): string {
  const { waiting, hold } = state ?? {};
  if (waiting !== undefined && waiting.retry > row.retry)
    return `${capital(retryName(waiting.retry, waiting.retryLimit))} waits: deployment ${waiting.id}.`;
  const log = `fraisier logs ${row.id} shows what went wrong.`;
  const target = targetWords(row);
  return hold === undefined
    ? `${log} Redeliver the push, or fraisier deploy ${target} --revision ${row.revision}; a newer push is deployed as usual.`
    : `${log} Push a fix, or fraisier resume ${target} to try the same revision again.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Advice for a deployment that waits for this reason. */
function waitAdvice(reason: WaitReason, override: string): string {
  switch (reason.kind) {
    case "freeze":
      return `The freeze ends ${reason.ends}; ${override}`;
    case "lock":
      return `fraisier unlock ends a lock; ${override}`;
    case "drained":
      // The whole host is to rest: no override passes that.
      return `It starts by itself after fraisier hosts resume ${reason.host}.`;
    case "process":
      // A process that works on the target by hand has it for itself: no override passes it.
      return "It starts when that has ended; fraisier lock lists what is locked.";
    case "retry":
      return "It starts by itself then; fraisier deploy of the same revision starts it now.";
    case "configuration":
      return "fraisier config validate shows every mistake in it.";
    case "restart":
      return "It starts by itself after systemctl restart fraisier.";
    case "secret":
      return "Once the secret is set, it starts by itself.";
    default:
      return "It starts by itself then.";
  }
}
