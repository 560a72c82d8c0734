import { openReader } from "../../../compose/app.ts";
import { UsageError } from "../../../domain/errors.ts";
import { targetName } from "../../../domain/fraise.ts";
import { createRouter } from "../../../routing/route.ts";
import type { DeliveryDetail } from "../../../store/reads/delivery-detail.ts";
import type { Store } from "../../../store/store.ts";
import { replayed } from "../../../webhooks/replay.ts";
import { refuseEmpty } from "../../arguments/refuse-empty.ts";
import type { Invocation } from "../../command-entry.ts";
import { instancesOf } from "../../forges/instances-of.ts";
import { person } from "../../person.ts";
import { harmless } from "../../print/harmless.ts";

/** `fraisier webhooks replay <delivery>`: decides a stored delivery again. */
export async function run({ args, options, print }: Invocation): Promise<number> {
  const { config, store } = await openReader(options.config);
  try {
    const detail = await deliveryNamed(store, args[0]);
    const known = { instances: instancesOf(config), router: createRouter(config.targets) };
    const again = await replayed(detail, known, person());
    const [recorded] = await store.deliveries.replay(again, detail.event.id, person());
    store.poke();
    if (print.isJson) {
      print.json(recorded);
      return 0;
    }
    for (const each of recorded?.decisions ?? []) {
      const target = each.target === undefined ? "" : `${targetName(each.target)}: `;
      const led = each.deployment === undefined ? "" : ` [${each.deployment}]`;
      print.line(`${target}${each.decision}: ${harmless(each.reason)}${led}`);
    }
    return 0;
  } finally {
    await store.close();
  }
}

/** @throws UsageError if no delivery, or more than one, is meant. */
async function deliveryNamed(store: Store, typed: string | undefined): Promise<DeliveryDetail> {
  refuseEmpty(typed, "delivery", "fraisier webhooks lists them.");
  const [id, another] = typed === "last" ? await newest(store) : await store.deliveries.find(typed);
  const detail = id === undefined ? undefined : await store.deliveries.detail(id);
  if (detail === undefined)
    throw new UsageError(`there is no delivery ${typed}`, { hint: "fraisier webhooks lists them." });
  if (another !== undefined && id !== typed)
    throw new UsageError(`${typed} may be any of several`, { hint: "Type more of it." });
  return detail;
}

async function newest(store: Store): Promise<readonly string[]> {
  return (await store.deliveries.history({ limit: 1 })).map(({ id }) => id);
}
