import { StoreUnavailable } from "../../domain/errors.ts";
import { ownIdentity } from "../../host/process-identity.ts";
import type { Store } from "../../store/store.ts";
import type { HealthDocument } from "../schemas/health-document.ts";

/** Whether pushes are recorded and deployments can start. */
export async function answerHealth(store: Pick<Store, "queue" | "onlyReads" | "unwell">): Promise<HealthDocument> {
  // Pushes are refused: a monitor must see it.
  const refusal = store.onlyReads();
  if (refusal !== undefined) return unwell("only_reads", refusal);
  const fault = store.unwell();
  if (fault !== undefined) return unwell("store_unavailable", fault);
  try {
    // A daemon that cannot read its store is not healthy.
    const { queued, running } = await store.queue.state();
    return { version: 1, status: "ok", error: null, hint: null, queued: queued.length, running: running.length };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return unwell("store_unavailable", error);
  }
}

interface Fault {
  readonly message: string;
  readonly since?: string | undefined;
  readonly hint?: string | undefined;
}

function unwell(status: "only_reads" | "store_unavailable", { message, hint, since }: Fault): HealthDocument {
  const told = { version: 1, status, error: message, hint: hint ?? null, queued: null, running: null } as const;
  if (since === undefined) return told;
  const { host, pid } = ownIdentity();
  return { ...told, since, daemon: { host, pid } };
}
