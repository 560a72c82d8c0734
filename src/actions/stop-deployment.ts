import { UsageError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import type { Finding } from "./acting.ts";

/** Cancels a deployment, or asks its runner to stop. @throws UsageError if it has ended already. */
export async function stopDeployment(
  { store }: Pick<Finding, "store">,
  id: string,
  by: string,
): Promise<Exclude<Awaited<ReturnType<Store["queue"]["cancel"]>>, false>> {
  const result = await store.queue.cancel(id, by, `cancelled by ${by}`);
  store.poke();
  if (result !== false) return result;
  throw new UsageError(`deployment ${id} has ended already`, { hint: `fraisier show ${id} says how.` });
}
