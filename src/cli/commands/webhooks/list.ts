import { openReader } from "../../../compose/app.ts";
import { short } from "../../../domain/decision.ts";
import { targetName } from "../../../domain/fraise.ts";
import type { Store } from "../../../store/store.ts";
import { limitOf } from "../../arguments/limit.ts";
import type { Invocation } from "../../command-entry.ts";
import { harmless } from "../../print/harmless.ts";

interface Options {
  readonly limit: string;
  readonly decision?: string;
  readonly before?: string;
}

/** `fraisier webhooks`: deliveries, newest first. */
export async function run({ options, print }: Invocation<Options>): Promise<number> {
  const { decision, before, limit } = options;
  const { store } = await openReader(options.config);
  const rows = await store.deliveries.history({
    limit: limitOf(limit),
    ...(decision === undefined ? {} : { decision }),
    ...(before === undefined ? {} : { before }),
  });
  await store.close();
  if (print.isJson) {
    print.json({ deliveries: rows });
    return 0;
  }
  print.table(
    ["DELIVERY", "WHEN", "FROM", "REPOSITORY", "TARGET", "REVISION", "DECISION", "WHY"],
    rows.flatMap((row) =>
      decisionCells(row).map((cells) => [row.id, print.time(row.received_at), ...originCells(row), ...cells]),
    ),
  );
  return 0;
}

type Row = Awaited<ReturnType<Store["deliveries"]["history"]>>[number];

function originCells(row: Row): readonly string[] {
  return [
    // A sweep speaks for the forge, but there was no delivery.
    row.event_name === "sweep" ? "sweep" : harmless(row.forge || row.remote_address),
    harmless(row.claimed_repository === "" ? row.repository : `${row.claimed_repository} (claimed)`),
  ];
}

/** A line for each decision; one line for a delivery without any. */
function decisionCells(row: Row): readonly (readonly string[])[] {
  if (row.decisions.length === 0) return [["", "", row.decision, harmless(row.reason)]];
  return row.decisions.map((each) => [
    each.fraise === "" ? "" : targetName(each),
    short(each.revision),
    each.decision,
    harmless(each.reason) + (each.deployment_id === null ? "" : ` [${each.deployment_id}]`),
  ]);
}
