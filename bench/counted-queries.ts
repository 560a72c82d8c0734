import { Client } from "pg";

/** Everything that this process asked of PostgreSQL. */
export interface Asked {
  /** Times that the process waited for an answer. */
  readonly waits: number;
  readonly statements: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Those of `waits` during which this process held the lock of writers. */
  readonly lockedWaits: number;
}

interface Stream {
  readonly bytesWritten: number;
  readonly bytesRead: number;
}

/** Counts from now on the queries of all connections of this process. @returns the sums so far, each time that it is called. */
export function countQueries(): () => Asked {
  const clients = new Set<Client>();
  let waits = 0;
  let statements = 0;
  let lockedWaits = 0;
  const locked = new WeakSet<Client>();
  const original = Client.prototype.query as (this: Client, ...given: unknown[]) => Promise<unknown>;
  async function query(this: Client, ...given: unknown[]): Promise<unknown> {
    clients.add(this);
    const text = String(given[0]);
    waits += 1;
    statements += text.split(";").filter((part) => part.trim() !== "").length;
    const answer = await original.apply(this, given);
    if (text.startsWith("begin;")) locked.add(this);
    else if (locked.has(this)) lockedWaits += 1;
    if (text === "commit" || text === "rollback") locked.delete(this);
    return answer;
  }
  Client.prototype.query = query as typeof Client.prototype.query;
  return () => {
    const streams = [...clients].map(
      (client) => (client as unknown as { connection: { stream: Stream } }).connection.stream,
    );
    return {
      waits,
      statements,
      lockedWaits,
      bytesSent: streams.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
      bytesReceived: streams.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    };
  };
}
