import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { tookInWords } from "../../domain/time-words.ts";

type Row = DeploymentDocument["deployment"];

/** How a deployment ended, or where it stands, in one sentence. Pure. */
export function outcomeSentence(row: Row, now: Date): string {
  const { status, phase, started_at: started, finished_at: finished, queued_at: queued } = row;
  const end = finished === null ? now.getTime() : Date.parse(finished);
  const took = tookInWords(Math.max(0, end - Date.parse(started ?? queued)));
  const where = phase.replaceAll("_", " ");
  const waited = row.held_because === null ? " and starts when its target is free." : `: ${row.held_because}.`;
  const sentences: Readonly<Record<Row["status"], string>> = {
    queued: `It has waited for ${took}${waited}`,
    running: `It has run for ${took} and is in the phase ${where}.`,
    rolling_back: "It failed and is being taken back.",
    succeeded: `${row.trigger === "rollback" ? "The rollback" : "It"} went live after ${took}.`,
    failed: `It failed after ${took}, and nothing was taken back${because(row.reason)}`,
    rolled_back: `It failed after ${took} and was taken back${because(row.reason)}`,
    rollback_failed: `It failed and could not be taken back: a person must look${because(row.reason)}`,
    superseded: "A newer push took its place before it started.",
    skipped: `It was not needed${because(row.reason)}`,
    cancelled: `It was cancelled before it changed what runs${because(row.reason)}`,
  };
  return sentences[status];
}

function because(reason: string): string {
  return reason === "" ? "." : `: ${reason.replace(/\.$/, "")}.`;
}
