import { setTimeout as sleep } from "node:timers/promises";
import { HostUnavailable } from "../domain/errors.ts";
import type { KnownHost } from "../domain/known-host.ts";
import { isAlive } from "../host/process-identity.ts";
import type { HostClaim } from "../store/host-claim.ts";
import type { Store } from "../store/store.ts";

/** The server finds out within this time that the machine of a session is gone. The session of a process that was killed ends at once. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 250;

interface Wish {
  /** The name of this host. */
  readonly name: string;
  readonly configFile: string;
}

/**
 * Takes the name of this host, so that no other daemon can. Undefined if the store is in a file, which serves one host.
 * @throws HostUnavailable if another daemon that lives has the name.
 */
export async function claimName(
  { onServer, hosts }: Pick<Store, "onServer" | "hosts">,
  { name, configFile }: Wish,
): Promise<HostClaim | undefined> {
  if (onServer === undefined) return undefined;
  const deadline = performance.now() + PATIENCE_MS;
  let first: KnownHost | undefined;
  for (;;) {
    const claim = await onServer.claimHost(name);
    if (claim !== undefined) return claim;
    const known = (await hosts.all()).find((each) => each.name === name);
    const holder = await onServer.holderOfHost(name);
    first ??= known;
    if (holder !== undefined && (lives(known, first) || performance.now() > deadline))
      throw new HostUnavailable(`another daemon serves the host ${name} on this store: ${rivalWords(known, holder)}`, {
        hint: `Each daemon needs a name of its own: set server.name in ${configFile}, or stop that one.`,
      });
    await sleep(PAUSE_MS);
  }
}

/** Whether the daemon of a host is known to live: its process is seen here, or it has given another sign of life since the first look. */
function lives(known: KnownHost | undefined, first: KnownHost | undefined): boolean {
  const isSeen = known?.daemon !== undefined && isAlive(known.daemon) === true;
  return isSeen || known?.seenAt !== first?.seenAt;
}

type Holder = NonNullable<Awaited<ReturnType<NonNullable<Store["onServer"]>["holderOfHost"]>>>;

/** Names the daemon that has the name; by its session alone if it has not registered yet. */
function rivalWords(known: KnownHost | undefined, { program, address, since }: Holder): string {
  const { daemon } = known ?? {};
  const from = address === "" ? "" : `, connected from ${address}`;
  if (daemon === undefined || !program.endsWith(` ${daemon.pid}`)) return `${program}${from}, since ${since}`;
  return `process ${daemon.pid} on the machine ${daemon.host}, which listens on ${daemon.listen}${from}, since ${daemon.startedAt}`;
}
