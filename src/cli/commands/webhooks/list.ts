import { answerDeliveries } from "../../../answers/deliveries/answer-deliveries.ts";
import { limitOf } from "../../arguments/limit.ts";
import type { Invocation } from "../../command-entry.ts";
import { deliveryTable } from "../../print/delivery-table.ts";
import { withReader } from "../../../compose/with-store.ts";

interface Options {
  readonly limit: string;
  readonly decision?: string;
  readonly before?: string;
}

/** `fraisier webhooks`: deliveries, newest first. */
export async function run({ options, print }: Invocation<Options>): Promise<number> {
  const { decision, before, limit } = options;
  return await withReader(options.config, async ({ store }) => {
    const deliveries = await answerDeliveries(store, { decision, before, limit: limitOf(limit) });
    if (print.isJson) print.json(deliveries);
    else deliveryTable(deliveries, print);
    return 0;
  });
}
