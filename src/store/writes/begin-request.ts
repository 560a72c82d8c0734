import { createHash } from "node:crypto";
import type { StoreContext } from "../store-context.ts";
import { serially } from "./serially.ts";

/** A request that must not be carried out twice. */
export interface RequestKey {
  /** The token or the local user. */
  readonly caller: string;
  readonly key: string;
}

export interface NewRequest extends RequestKey {
  /** Everything that is asked for. */
  readonly wish: string;
  /** The process that works on it, as JSON. */
  readonly owner: string;
  /** Whether a process that worked on it has died. */
  isDead(owner: string): boolean;
}

type Begun =
  | { readonly state: "new" | "running" | "other wish" }
  | { readonly state: "answered"; readonly answer: Readonly<Record<string, unknown>> };

const DAY_MS = 86_400_000;

/**
 * Writes down that a request is being worked on, unless it is on record already. A process that died before it wrote an answer has not done what it was asked
 * for, as both are one transaction: the request begins again. Requests are forgotten after a day.
 */
export async function beginRequest({ db }: StoreContext, request: NewRequest): Promise<Begun> {
  const { caller, key, owner } = request;
  const hash = createHash("sha256").update(request.wish).digest();
  const now = new Date();
  const at = now.toISOString();
  return await serially(db, async (tx): Promise<Begun> => {
    await tx
      .deleteFrom("tb_request")
      .where("at", "<", new Date(now.getTime() - DAY_MS).toISOString())
      .execute();
    const known = await tx
      .selectFrom("tb_request")
      .select(["hash", "owner", "answer"])
      .where((where) => where.and({ caller, key }))
      .executeTakeFirst();
    if (known !== undefined) {
      if (!hash.equals(known.hash)) return { state: "other wish" };
      if (known.answer !== null)
        return { state: "answered", answer: JSON.parse(known.answer) as Readonly<Record<string, unknown>> };
      if (!request.isDead(known.owner)) return { state: "running" };
    }
    await tx
      .insertInto("tb_request")
      .values({ caller, key, at, hash, owner })
      .onConflict((conflict) => conflict.columns(["caller", "key"]).doUpdateSet({ at, owner }))
      .execute();
    return { state: "new" };
  });
}
