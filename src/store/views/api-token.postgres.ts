import type { View } from "../backends/backend.ts";

/** Tokens of the HTTP API without their hashes, and whether each of them works at this moment. */
export const apiTokenPostgres: View = {
  name: "v_api_token",
  sql: `select id, name, scope, fraises, environments, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by,
       case when revoked_at is not null then 'revoked'
            when expires_at <= to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') then 'expired'
            else 'active' end as state
from tb_api_token`,
};
