import type { OpenBackend } from "./backends/backend.ts";
import type { HostClaim } from "./host-claim.ts";
import { hostClaim } from "./host-claim.ts";
import type { LeaderClaim } from "./leader-claim.ts";
import { leaderClaim } from "./leader-claim.ts";

const LEADER = "leader";
/** A leader that tells nothing for so long is frozen, or out of reach: the server ends its session, and another daemon leads. */
const LEADER_IDLE_MS = 8_000;

/** The server of the store, with the names of hosts and the leadership, which daemons take. */
export function onServer({ time, claim, holderOf, onPing }: NonNullable<OpenBackend["onServer"]>) {
  const key = (host: string): string => `host ${host}`;
  return {
    /** The time by the server's own clock, as ISO 8601 has it. */
    time,
    /** Takes the name of a host for as long as the connection lives. Undefined if another daemon has it. @throws StoreUnavailable */
    async claimHost(host: string): Promise<HostClaim | undefined> {
      const claimed = await claim(key(host));
      return claimed && hostClaim(host, claimed);
    },
    /** Takes the leadership for as long as the connection lives. Undefined if another daemon leads. @throws StoreUnavailable */
    async claimLeadership(host: string): Promise<LeaderClaim | undefined> {
      const claimed = await claim(LEADER, { idleMs: LEADER_IDLE_MS });
      return claimed && (await leaderClaim(host, claimed));
    },
    /** Calls back whenever the leader tells that it leads. Returns the way to stop. */
    onLeaderPing: (listener: () => void) => onPing(LEADER, listener),
    /** The session of the daemon that has the name of a host; undefined if none has. */
    holderOfHost: async (host: string) => await holderOf(key(host)),
  };
}
