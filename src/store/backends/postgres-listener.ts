import type { Client } from "pg";

/** Pauses between attempts to reach the server again. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A session whose server is gone without a word is found out so soon. */
const PING_MS = 15_000;

/** A channel on which the server told something; `anything` if the session has just begun, as something may have been missed. */
type Heard = "fraisier_poke" | "fraisier_change" | "fraisier_version" | "fraisier_claim" | "anything";

async function ping(client: Client): Promise<void> {
  try {
    await client.query("select 1");
  } catch {
    await client.end().catch(() => undefined);
  }
}

interface ListenerParts {
  connect(): Promise<Client>;
  heard(what: Heard, about: string): void;
  /** The session ended by itself. */
  lost(): void;
}

/** Listens to the server in a session of its own until it is stopped. If the session ends, another one begins. */
export function listen({ connect, heard, lost }: ListenerParts): { stop(): Promise<void> } {
  let isStopped = false;
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let wake = (): void => {};

  const session = async (): Promise<void> => {
    const own = await connect();
    client = own;
    if (isStopped) return await own.end();
    const ended = new Promise<void>((resolve) => own.once("end", () => resolve()));
    own.on("notification", (message: { channel: Heard; payload?: string }) =>
      heard(message.channel, message.payload ?? ""),
    );
    await own.query("listen fraisier_poke; listen fraisier_change; listen fraisier_version; listen fraisier_claim");
    heard("anything", "");
    timer = setInterval(() => void ping(own), PING_MS);
    await ended;
    if (!isStopped) lost();
  };
  const run = async (): Promise<void> => {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const began = performance.now();
      await session().catch(() => undefined);
      clearInterval(timer);
      if (performance.now() - began > LONGEST_PAUSE_MS) pause = FIRST_PAUSE_MS;
      if (isStopped) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, pause);
        timer.unref();
      });
    }
  };
  const running = run();
  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      wake();
      await client?.end().catch(() => undefined);
      await running;
    },
  };
}
