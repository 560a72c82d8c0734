import { request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

export interface ReceivedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventClient {
  readonly events: readonly ReceivedEvent[];
  /** The statuses of the answers so far. */
  readonly statuses: readonly number[];
  lastId(): string;
  /** Loses the connection, in the middle of an event if need be. It comes back as a browser does. */
  cut(): void;
  /** Stops taking what the server sends. */
  pause(): void;
  stop(): void;
}

interface Address {
  /** `http://127.0.0.1:…`, or the path of a socket. */
  readonly at: string;
  readonly path: string;
  readonly token?: string;
  /** Comes back after the connection is lost; true unless told otherwise. */
  readonly isFaithful?: boolean;
}

/** A client that reads server-sent events over real HTTP, keeps the id of the last whole one, and comes back with it. */
export function openEvents({ at, path, token, isFaithful = true }: Address): EventClient {
  const events: ReceivedEvent[] = [];
  const statuses: number[] = [];
  let [lastId, stopped] = ["", false];
  let sent: ClientRequest | undefined;
  let answer: IncomingMessage | undefined;
  const connect = async (): Promise<void> => {
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(lastId === "" ? {} : { "last-event-id": lastId }),
    };
    const where = at.startsWith("/") ? { socketPath: at, path } : { host: "127.0.0.1", port: new URL(at).port, path };
    await new Promise<void>((resolve) => {
      sent = request({ ...where, headers, agent: false }, (response) => {
        answer = response;
        statuses.push(response.statusCode ?? 0);
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          const blocks = (text + chunk).split("\n\n");
          text = blocks.pop() ?? "";
          for (const block of blocks) take(block);
        });
        response.on("error", () => {});
        response.on("close", resolve);
      });
      sent.on("error", () => resolve());
      sent.end();
    });
  };
  const take = (block: string): void => {
    const fields = new Map(
      block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
    );
    lastId = fields.get("id") ?? lastId;
    const [event, data] = [fields.get("event"), fields.get("data")];
    if (event !== undefined && data !== undefined) events.push({ id: lastId, event, data: JSON.parse(data) });
  };
  const go = async (): Promise<void> => {
    do {
      await connect();
      await sleep(20);
      // oxlint-disable-next-line no-unmodified-loop-condition -- stop() changes it meanwhile
    } while (isFaithful && !stopped);
  };
  void go();
  const client: EventClient = {
    events,
    statuses,
    lastId: () => lastId,
    cut: () => void sent?.destroy(),
    pause: () => void answer?.pause(),
    stop() {
      stopped = true;
      sent?.destroy();
    },
  };
  onTestFinished(() => client.stop());
  return client;
}
