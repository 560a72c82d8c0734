import type { ApiToken } from "../../domain/api-token.ts";
import type { StoreContext } from "../store-context.ts";
import type { ApiTokenView } from "../tables/upkeep-tables.ts";

/** A token, and whether it works at this moment. */
export type ListedToken = ApiToken & Pick<ApiTokenView, "state">;

/** Every token, oldest first: few. */
export async function apiTokens({ db }: StoreContext): Promise<readonly ListedToken[]> {
  const rows = await db.selectFrom("v_api_token").selectAll().orderBy("id").execute();
  return rows.map((row) => ({ ...tokenOf(row), state: row.state }));
}

export function tokenOf(row: Omit<ApiTokenView, "state">): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    fraises: JSON.parse(row.fraises) as readonly string[],
    environments: JSON.parse(row.environments) as readonly string[],
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    revokedBy: row.revoked_by ?? undefined,
  };
}
