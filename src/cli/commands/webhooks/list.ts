import { limitOf } from "../../arguments/limit.ts";
import type { Invocation } from "../../command-entry.ts";
import { deliveryTable } from "../../print/delivery-table.ts";
import { withServer } from "../../server/with-server.ts";

interface Options {
  readonly limit: string;
  readonly decision?: string;
  readonly before?: string;
}

/** `fraisier webhooks`: deliveries, newest first. */
export async function run({ options, print }: Invocation<Options>): Promise<number> {
  const { decision, before, limit } = options;
  return await withServer(options, "look", async (server) => {
    const deliveries = await server.deliveries({ decision, before, limit: limitOf(limit) });
    if (print.isJson) print.json(deliveries);
    else deliveryTable(deliveries, print);
    return 0;
  });
}
