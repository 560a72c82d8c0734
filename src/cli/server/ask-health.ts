import { healthDocumentSchema } from "../../answers/schemas/health-document.ts";
import type { HealthDocument } from "../../answers/schemas/health-document.ts";
import type { StatusDocument } from "../../answers/schemas/status-document.ts";
import type { Config } from "../../config/config.ts";
import { ServerUnavailable, StoreUnavailable } from "../../domain/errors.ts";
import { localDoors, RUNTIME_FOLDER } from "../../domain/local-sockets.ts";
import { isPostgresUrl } from "../../domain/postgres-url.ts";
import type { Door } from "./door.ts";
import { isOpen } from "./is-open.ts";

/** A daemon that does not answer at once is not waited for. */
const ASKED_MS = 3_000;

/**
 * The health of the daemon on this machine, by its own word. Only a store on a server is asked about: the daemon may be out of its reach, or this command. Undefined if no daemon
 * answers on a socket that this user may use.
 */
export async function askHealth({
  server,
  store,
}: Pick<Config, "server" | "store">): Promise<HealthDocument | undefined> {
  if (!isPostgresUrl(store.url.reveal())) return undefined;
  const open = localDoors(server, RUNTIME_FOLDER).find(({ path }) => isOpen(path));
  return open === undefined ? undefined : await healthBehind({ kind: "socket", path: open.path });
}

/** An error of a store that this command cannot reach, which says also whether the daemon of this machine can. */
export async function withHealth(thrown: unknown, config: Config | (() => Promise<Config>)): Promise<unknown> {
  if (!(thrown instanceof StoreUnavailable)) return thrown;
  // An error of the file itself is reported by the command.
  const read = typeof config === "function" ? await config().catch(() => undefined) : config;
  const health = read && (await askHealth(read));
  if (health === undefined) return thrown;
  const { message, hint, cause } = thrown;
  return new StoreUnavailable(`${message}. ${healthSentence(health)}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Tells of a daemon that cannot reach the store, which this command can. */
export async function withStoreOfDaemon(status: StatusDocument, config: Config): Promise<StatusDocument> {
  const { daemon } = status;
  if (daemon === null) return status;
  const { status: found, error, since } = (await askHealth(config)) ?? {};
  if (found !== "store_unavailable") return status;
  return { ...status, daemon: { ...daemon, store_away: { since: since ?? null, error: error ?? "" } } };
}

/** The word of the daemon on the store, for a person. */
export function healthSentence({ status, error, since, daemon }: HealthDocument): string {
  if (status === "ok") return "The daemon of this machine reaches the store";
  const name =
    daemon === undefined ? "The daemon of this machine" : `The daemon on ${daemon.host} (process ${daemon.pid})`;
  const start = since === undefined ? "" : ` since ${since}`;
  return status === "only_reads" ? `${name} only reads: ${error}` : `${name} cannot reach the store${start}: ${error}`;
}

async function healthBehind(door: Door): Promise<HealthDocument | undefined> {
  const { sendRequest } = await import("./send-request.ts");
  try {
    const { text } = await sendRequest(door, { method: "GET", path: "/api/v1/health", timeoutMs: ASKED_MS });
    const read = healthDocumentSchema.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch (error) {
    if (error instanceof ServerUnavailable || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
