import { UsageError } from "../../domain/errors.ts";
import type { Drain } from "../../domain/known-host.ts";
import type { Finding } from "../acting.ts";
import { unknownHost } from "./unknown-host.ts";

interface Drained {
  readonly host: string;
  readonly drained: Drain;
  /** How it was drained before; null if it was not. */
  readonly replaced: Drain | null;
}

/** Has a host start nothing more. @throws UsageError without a reason, or if the store does not know the host. */
export async function beginDrain(
  { store }: Pick<Finding, "store">,
  host: string,
  reason: string | undefined,
  by: string,
): Promise<Drained> {
  if (reason === undefined || reason.trim() === "")
    throw new UsageError("draining a host needs a reason: whoever waits wants to know", {
      hint: '--reason "new disk"',
    });
  const drained = { at: new Date().toISOString(), by, reason };
  const result = await store.hosts.drain(host, drained);
  if (result === "unknown") throw await unknownHost(store, host);
  store.poke();
  return { host, drained, replaced: result.before ?? null };
}
