import type { ApiToken } from "../../domain/api-token.ts";
import type { StoreContext } from "../store-context.ts";
import { tokenOf } from "./api-tokens.ts";

/** The token of a session and the end of the session, whether they still work or not. */
export async function findSession(
  { db }: StoreContext,
  hash: Uint8Array,
): Promise<{ readonly token: ApiToken; readonly expiresAt: string } | undefined> {
  const row = await db
    .selectFrom("tb_session as s")
    .innerJoin("tb_api_token as t", "t.id", "s.token_id")
    .selectAll("t")
    .select("s.expires_at as session_expires_at")
    .where("s.hash", "=", hash)
    .executeTakeFirst();
  return row === undefined ? undefined : { token: tokenOf(row), expiresAt: row.session_expires_at };
}
