/** Sessions of the dashboard. A session belongs to a token of the API and works as long as the token does. */
export const sessionsSqlite = `
create table tb_session (
  -- SHA-256 of the secret in the cookie, which itself is not kept.
  hash blob primary key not null,
  token_id text not null references tb_api_token (id),
  created_at text not null,
  expires_at text not null
) without rowid, strict;
`;
