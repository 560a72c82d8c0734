import type { ApiToken } from "../../domain/api-token.ts";

type Known = Omit<ApiToken, "lastUsedAt" | "revokedAt" | "revokedBy"> & Partial<ApiToken>;

/** A token for scripts, without anything that opens a door. */
export function tokenJson(token: Known): Readonly<Record<string, unknown>> {
  return {
    id: token.id,
    name: token.name,
    scope: token.scope,
    fraises: token.fraises,
    environments: token.environments,
    created_at: token.createdAt,
    created_by: token.createdBy,
    expires_at: token.expiresAt ?? null,
    last_used_at: token.lastUsedAt ?? null,
    revoked_at: token.revokedAt ?? null,
    revoked_by: token.revokedBy ?? null,
  };
}
