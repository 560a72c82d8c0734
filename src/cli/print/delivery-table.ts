import type { DeliveriesDocument, DeliverySummaryDocument } from "../../answers/schemas/deliveries-document.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "./print.ts";

/** A line for each decision; one line for a delivery without any. */
export function deliveryTable({ deliveries }: DeliveriesDocument, print: Print): void {
  print.table(
    [
      "DELIVERY",
      { title: "WHEN", leaves: 4 },
      { title: "FROM", leaves: 2 },
      { title: "REPOSITORY", leaves: 1 },
      "TARGET",
      { title: "REVISION", leaves: 3 },
      "DECISION",
      "WHY",
    ],
    deliveries.flatMap((each) =>
      decisionCells(each).map((cells) => [each.id, print.time(each.received_at), ...originCells(each), ...cells]),
    ),
    "No delivery is on record that fits.",
  );
}

function originCells(each: DeliverySummaryDocument): readonly string[] {
  return [
    // A sweep speaks for the forge, but there was no delivery.
    each.event_name === "sweep" ? "sweep" : harmless(each.forge || each.remote_address),
    harmless(each.claimed_repository === "" ? each.repository : `${each.claimed_repository} (claimed)`),
  ];
}

function decisionCells({ decision, reason, decisions }: DeliverySummaryDocument): readonly (readonly string[])[] {
  if (decisions.length === 0) return [["", "", decision, harmless(reason)]];
  return decisions.map((each) => [
    each.fraise === "" ? "" : targetName(each),
    short(each.revision),
    each.decision,
    harmless(each.reason) + (each.deployment_id === null ? "" : ` [${each.deployment_id}]`),
  ]);
}
