import type { HistoryDocument } from "../../answers/schemas/history-document.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import { harmless } from "../../domain/harmless.ts";
import { outcomeStyle } from "./outcome-style.ts";
import type { Print } from "./print.ts";
import { tookInWords } from "../../domain/time-words.ts";

/** A line for each deployment. */
export function historyTable({ deployments }: HistoryDocument, print: Print): void {
  print.table(
    [
      "DEPLOYMENT",
      "TARGET",
      { title: "REVISION", leaves: 4 },
      { title: "WHEN", leaves: 3 },
      { title: "TOOK", leaves: 2 },
      "STATUS",
      { title: "BY", leaves: 1 },
      "WHY",
    ],
    deployments.map((each) => [
      each.id,
      targetName(each),
      harmless([short(each.revision), each.ref_name].filter((part) => part !== null).join(" ")),
      print.time(each.finished_at ?? each.started_at ?? each.queued_at),
      took(each),
      outcomeStyle(print, each.status),
      harmless(each.triggered_by),
      harmless(each.reason === "" ? (each.message.split("\n")[0] ?? "") : each.reason),
    ]),
    "No deployment is on record that fits.",
  );
}

/** How long the deployment ran; it may have waited longer before. */
function took({ started_at: start, finished_at: end }: HistoryDocument["deployments"][number]): string {
  return start === null || end === null ? "-" : tookInWords(Date.parse(end) - Date.parse(start));
}
