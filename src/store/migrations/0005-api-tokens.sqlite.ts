/** Tokens of the HTTP API. A revoked token stays on record, so that its next use is answered with the reason; its name is free again. */
export const apiTokensSqlite = `
create table tb_api_token (
  id text primary key not null,
  name text not null,
  -- SHA-256 of the token, which itself is not kept.
  hash blob not null,
  scope text not null check (scope in ('read', 'deploy', 'admin')),
  -- JSON: a list of names; '[]' for all.
  fraises text not null,
  environments text not null,
  created_at text not null,
  created_by text not null,
  expires_at text,
  last_used_at text,
  revoked_at text,
  revoked_by text
) without rowid, strict;
create unique index ux_api_token_name on tb_api_token (name) where revoked_at is null;
`;
