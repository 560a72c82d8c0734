import type { TargetKey } from "./fraise.ts";

/** The rights that a token can have, from the least to the most. Each one includes those before it. */
const SCOPES = ["read", "deploy", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** A token of the HTTP API as the store knows it. The token itself is known only to the program that uses it. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  /** The fraises that it is for; empty for every fraise. */
  readonly fraises: readonly string[];
  /** The environments that it is for; empty for every environment. */
  readonly environments: readonly string[];
  readonly createdAt: string;
  readonly createdBy: string;
  /** Undefined for a token that does not expire. */
  readonly expiresAt: string | undefined;
  readonly lastUsedAt: string | undefined;
  readonly revokedAt: string | undefined;
  readonly revokedBy: string | undefined;
}

/** Pure. */
export function tokenState({ revokedAt, expiresAt }: ApiToken, now: Date): "active" | "expired" | "revoked" {
  if (revokedAt !== undefined) return "revoked";
  return expiresAt !== undefined && expiresAt <= now.toISOString() ? "expired" : "active";
}

/** Whether a scope includes another one. Pure. */
export function includesScope(held: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(held) >= SCOPES.indexOf(needed);
}

/** The fraises and environments that somebody may reach; an empty list stands for all of them. */
export type Reach = Pick<ApiToken, "fraises" | "environments">;

/** Whether a target, or `*` for all of them, lies within a reach. Pure. */
export function reaches({ fraises, environments }: Reach, { fraise, environment }: TargetKey): boolean {
  const includes = (list: readonly string[], name: string): boolean => list.length === 0 || list.includes(name);
  return includes(fraises, fraise) && includes(environments, environment);
}
