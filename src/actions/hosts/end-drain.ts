import { UsageError } from "../../domain/errors.ts";
import type { Drain } from "../../domain/known-host.ts";
import type { Finding } from "../acting.ts";
import { unknownHost } from "./unknown-host.ts";

/** Has a drained host start what is queued. @throws UsageError if it is not drained, or if the store does not know it. */
export async function endDrain(
  { store }: Pick<Finding, "store">,
  host: string,
  reason: string,
  by: string,
): Promise<{ readonly host: string; readonly was: Drain }> {
  const was = await store.hosts.resume(host, { by, reason });
  if (was === undefined) {
    const isKnown = (await store.hosts.all()).some(({ name }) => name === host);
    throw isKnown
      ? new UsageError(`${host} is not drained`, { hint: "fraisier hosts lists what is." })
      : await unknownHost(store, host);
  }
  store.poke();
  return { host, was };
}
