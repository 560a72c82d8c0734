/** Requests with an Idempotency-Key, for a day: a request that comes again gets the same answer, and nothing is done twice. */
export const requestsSqlite = `
create table tb_request (
  caller text not null,
  key text not null,
  at text not null,
  -- SHA-256 of the verb and the document.
  hash blob not null,
  -- The process that works on it, as JSON.
  owner text not null,
  -- The document of the answer, as JSON, written in the transaction of the act itself; null before.
  answer text,
  primary key (caller, key)
) without rowid, strict;
create index ix_request_at on tb_request (at);
`;
