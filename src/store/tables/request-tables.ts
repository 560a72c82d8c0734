export interface RequestTables {
  /** Requests of the API with an `Idempotency-Key`, for a day. */
  tb_request: RequestTable;
}

interface RequestTable {
  /** The token or the local user. */
  caller: string;
  /** The key that the caller chose. */
  key: string;
  /** When the request came. */
  at: string;
  /** SHA-256 of the verb and the document. */
  hash: Uint8Array;
  /** The process that works on it, as JSON. */
  owner: string;
  /** The document of the answer, as JSON, written in the transaction of the act itself; null before. */
  answer: string | null;
}
