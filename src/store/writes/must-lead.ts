import type { Kysely } from "kysely";
import { StoreUnavailable } from "../../domain/errors.ts";
import type { Tables } from "../tables.ts";

/**
 * Keeps a leader whose connection was lost, or whose process was frozen, from writing in a term that is over. A next leader waits until this transaction has ended. Part of its caller's
 * transaction; does nothing for a write that no leader makes.
 * @throws StoreUnavailable if another daemon leads.
 */
export async function mustLead(tx: Kysely<Tables>, term: number | undefined): Promise<void> {
  if (term === undefined) return;
  const leader = await tx.selectFrom("tb_leader").select(["term", "host"]).forShare().executeTakeFirst();
  if (leader?.term === term) return;
  throw new StoreUnavailable(
    `this daemon does not lead any more: its term ${term} is over, and ${leader?.host ?? "no host"} leads in term ${leader?.term ?? 0}`,
    { hint: "Nothing was written. The daemon that leads now does it." },
  );
}
