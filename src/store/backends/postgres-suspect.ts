import type { Client } from "pg";
import { codeOf } from "./postgres-errors.ts";

/** A statement seldom takes so long: then the server is asked in another session. */
const SUSPECT_MS = 8_000;
const SOONEST_MS = 500;
const CONNECT_MS = 5_000;
/** Codes of Node have no digits. */
const SQLSTATE = /^(?=.*\d)[\dA-Z]{5}$/;
/** An answer may be on its way. */
const ON_ITS_WAY_MS = 1_000;

export interface SuspectParts {
  connect(timeoutMs: number): Promise<Client>;
  /** How long a statement that begins now waits for a server that cannot be reached. */
  patienceMs(): number;
}

/**
 * Watches a statement whose answer does not come. A network that swallows everything ends no connection: if the server cannot be reached, or has answered long ago, the
 * connection is ended here, and the statement fails. Gives the way to stop watching.
 */
export function suspect(client: Client, { connect, patienceMs }: SuspectParts): () => void {
  let isOver = false;
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    const isLost = await answerIsLost(client, connect);
    if (isOver) return;
    if (isLost) timer = setTimeout(() => hangUp(client), ON_ITS_WAY_MS);
    else watch();
  };
  const watch = (): void => {
    timer = setTimeout(() => void look(), Math.max(SOONEST_MS, Math.min(SUSPECT_MS, patienceMs())));
    timer.unref();
  };
  watch();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Ends a connection at once: a server that is gone without a word would keep it, and this process, for minutes. */
export function hangUp(client: Client): void {
  client.connection.stream.destroy();
}

async function answerIsLost(client: Client, connect: SuspectParts["connect"]): Promise<boolean> {
  try {
    const other = await connect(CONNECT_MS);
    try {
      // Another server takes the writes now.
      if (other.host !== client.host || other.port !== client.port) return true;
      const { rows } = await other.query("select state from pg_stat_activity where pid = $1", [client.processID]);
      // A pooler between fraisier and the server has numbers of its own: nothing is known of a session that is not found.
      const state = rows[0]?.["state"];
      return typeof state === "string" && state.startsWith("idle");
    } finally {
      await other.end();
    }
  } catch (error) {
    // A server that answers with an error (too many sessions, a changed password) is there.
    return !SQLSTATE.test(codeOf(error));
  }
}
