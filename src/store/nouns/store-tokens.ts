import type { Bind } from "../bind.ts";
import { apiTokens } from "../reads/api-tokens.ts";
import { findApiToken } from "../reads/find-api-token.ts";
import { createApiToken } from "../writes/create-api-token.ts";
import { revokeApiToken } from "../writes/revoke-api-token.ts";
import { useApiToken } from "../writes/use-api-token.ts";

/** Tokens of the HTTP API. */
export function storeTokens(bind: Bind) {
  return {
    create: bind(createApiToken),
    revoke: bind(revokeApiToken),
    use: bind(useApiToken),
    list: bind(apiTokens),
    find: bind(findApiToken),
  };
}
