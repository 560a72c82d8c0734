import type { ApiToken } from "../../domain/api-token.ts";
import type { StoreContext } from "../store-context.ts";
import { recordAction } from "./record-action.ts";
import { serially } from "./serially.ts";

export type NewApiToken = Omit<ApiToken, "lastUsedAt" | "revokedAt" | "revokedBy"> & { readonly hash: Uint8Array };

/** Writes a new token down. False if another token that is not revoked has its name. */
export async function createApiToken({ db }: StoreContext, token: NewApiToken): Promise<boolean> {
  return await serially(db, async (tx) => {
    const taken = await tx
      .selectFrom("tb_api_token")
      .select("id")
      .where("name", "=", token.name)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    if (taken !== undefined) return false;
    await tx
      .insertInto("tb_api_token")
      .values({
        id: token.id,
        name: token.name,
        hash: token.hash,
        scope: token.scope,
        fraises: JSON.stringify(token.fraises),
        environments: JSON.stringify(token.environments),
        created_at: token.createdAt,
        created_by: token.createdBy,
        expires_at: token.expiresAt ?? null,
        last_used_at: null,
        revoked_at: null,
        revoked_by: null,
      })
      .execute();
    await recordAction(tx, { action: "create token", by: token.createdBy, subject: token.id, reason: token.name });
    return true;
  });
}
