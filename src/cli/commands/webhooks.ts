import { openReader } from "../../app.ts";
import type { Config } from "../../config/config.ts";
import { short } from "../../domain/decision.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { createRouter } from "../../routing/route.ts";
import type { Store } from "../../store/store.ts";
import { replayed } from "../../webhooks/replay.ts";
import type { Invocation } from "../command-entry.ts";
import { instancesOf } from "../forges/instances-of.ts";
import { limitOf } from "../arguments/limit.ts";
import { person } from "../person.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import { refuseEmpty } from "../arguments/refuse-empty.ts";

interface Options {
  readonly limit: string;
  readonly decision?: string;
  readonly before?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [verb, id] = args;
  if (verb !== undefined && verb !== "replay")
    throw new UsageError(`webhooks knows no "${verb}"`, {
      hint: "fraisier webhooks, or fraisier webhooks replay <delivery>.",
    });
  const { config, store } = await openReader(options.config);
  try {
    return verb === undefined ? await list(store, options, print) : await replay(config, store, id, print);
  } finally {
    await store.close();
  }
}

async function replay(config: Config, store: Store, typed: string | undefined, print: Print): Promise<number> {
  refuseEmpty(typed, "delivery", "fraisier webhooks lists them.");
  const [id, another] = typed === "last" ? await newest(store) : await store.findDelivery(typed);
  const detail = id === undefined ? undefined : await store.deliveryDetail(id);
  if (detail === undefined)
    throw new UsageError(`there is no delivery ${typed}`, { hint: "fraisier webhooks lists them." });
  if (another !== undefined && id !== typed)
    throw new UsageError(`${typed} may be any of several`, { hint: "Type more of it." });
  const [recorded] = await store.replayDelivery(
    await replayed(detail, { instances: instancesOf(config), router: createRouter(config.targets) }, person()),
    detail.event.id,
    person(),
  );
  store.poke();
  if (print.isJson) print.json(recorded);
  else
    for (const each of recorded?.decisions ?? []) {
      const target = each.target === undefined ? "" : `${targetName(each.target)}: `;
      const led = each.deployment === undefined ? "" : ` [${each.deployment}]`;
      print.line(`${target}${each.decision}: ${harmless(each.reason)}${led}`);
    }
  return 0;
}

async function newest(store: Store): Promise<readonly string[]> {
  return (await store.deliveryHistory({ limit: 1 })).map(({ id }) => id);
}

async function list(store: Store, options: Options, print: Print): Promise<number> {
  const { decision, before } = options;
  const rows = await store.deliveryHistory({
    limit: limitOf(options.limit),
    ...(decision === undefined ? {} : { decision }),
    ...(before === undefined ? {} : { before }),
  });
  if (print.isJson) {
    print.json({ deliveries: rows });
    return 0;
  }
  print.table(
    ["DELIVERY", "WHEN", "FROM", "REPOSITORY", "TARGET", "REVISION", "DECISION", "WHY"],
    rows.flatMap((row) => {
      const what = (cells: readonly string[]): readonly string[] => [
        row.id,
        print.time(row.received_at),
        // A sweep speaks for the forge, but there was no delivery.
        row.event_name === "sweep" ? "sweep" : harmless(row.forge || row.remote_address),
        harmless(row.claimed_repository === "" ? row.repository : `${row.claimed_repository} (claimed)`),
        ...cells,
      ];
      if (row.decisions.length === 0) return [what(["", "", row.decision, harmless(row.reason)])];
      return row.decisions.map((each) =>
        what([
          each.fraise === "" ? "" : targetName(each),
          short(each.revision),
          each.decision,
          harmless(each.reason) + (each.deployment_id === null ? "" : ` [${each.deployment_id}]`),
        ]),
      );
    }),
  );
  return 0;
}
