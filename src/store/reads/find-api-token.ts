import type { ApiToken } from "../../domain/api-token.ts";
import type { StoreContext } from "../store-context.ts";
import { tokenOf } from "./api-tokens.ts";

/** The token of an id with the hash of its text, whether it works or not. */
export async function findApiToken(
  { db }: StoreContext,
  id: string,
): Promise<{ readonly token: ApiToken; readonly hash: Uint8Array } | undefined> {
  const row = await db.selectFrom("tb_api_token").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : { token: tokenOf(row), hash: row.hash };
}
