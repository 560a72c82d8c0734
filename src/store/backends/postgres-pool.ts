import { setTimeout as sleep } from "node:timers/promises";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type { Client } from "pg";
import type { SuspectParts } from "./postgres-suspect.ts";
import { hangUp, suspect } from "./postgres-suspect.ts";

/** Sessions of one open store at once: the server's are few, and each process has its own. */
const MOST = 4;
const PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const LAST_WORDS_MS = 1_000;

export interface PoolParts extends SuspectParts {
  /** Whether another attempt may succeed. */
  mayPass(error: unknown): boolean;
  /** A session ended that was not asked to. */
  lost(): void;
}

/** Sessions on a server, kept for the next statements. A session that breaks makes room for another one. */
export function createPool(parts: PoolParts): PostgresPool {
  const idle: PostgresPoolClient[] = [];
  const open = new Set<Client>();
  const waiting: (() => void)[] = [];
  let taken = 0;
  let isEnded = false;

  const leave = (): void => {
    const next = waiting.shift();
    // The next one takes over the place.
    if (next === undefined) taken -= 1;
    else next();
  };
  const enter = async (): Promise<PostgresPoolClient> => {
    const client = await patiently(parts);
    open.add(client);
    let isBroken = false;
    const breakOff = (): void => {
      if (!isBroken && !isEnded) parts.lost();
      isBroken = true;
    };
    const session: PostgresPoolClient = {
      query: (async (text: string, values: readonly unknown[]) => {
        if (isBroken) throw new Error("Connection terminated: the session of the store is lost");
        const trust = suspect(client, parts);
        try {
          return await client.query(text, [...values]);
        } catch (error) {
          // An answer that comes after all must not be taken for the answer to another statement, and a standby stays one.
          if (parts.mayPass(error)) breakOff();
          throw error;
        } finally {
          trust();
        }
      }) as PostgresPoolClient["query"],
      release(discard) {
        if (isBroken || isEnded || discard === true) {
          open.delete(client);
          void client.end().catch(() => undefined);
          if (isBroken) hangUp(client);
        } else idle.push(session);
        leave();
      },
    };
    client.once("end", () => {
      breakOff();
      open.delete(client);
      const at = idle.indexOf(session);
      if (at !== -1) idle.splice(at, 1);
    });
    return session;
  };
  return {
    options: {},
    async connect() {
      if (isEnded) throw new Error("the store is closed");
      if (taken < MOST) taken += 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      try {
        return idle.pop() ?? (await enter());
      } catch (error) {
        leave();
        throw error;
      }
    },
    async end() {
      isEnded = true;
      await Promise.all([...open].map(part));
    },
  };
}

/** Takes leave of a server that may be gone. */
async function part(client: Client): Promise<void> {
  const late = setTimeout(() => hangUp(client), LAST_WORDS_MS);
  await client.end().catch(() => undefined);
  clearTimeout(late);
}

async function patiently({ connect, patienceMs, mayPass }: PoolParts): Promise<Client> {
  const deadline = performance.now() + patienceMs();
  for (let pause = PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await connect(deadline - performance.now());
    } catch (error) {
      if (!mayPass(error) || performance.now() + pause > deadline) throw error;
      await sleep(pause);
    }
  }
}
