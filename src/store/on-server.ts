import type { OpenBackend } from "./backends/backend.ts";
import type { HostClaim } from "./host-claim.ts";
import { hostClaim } from "./host-claim.ts";

/** The server of the store, with the names of hosts that daemons take. */
export function onServer({ time, claim, holderOf }: NonNullable<OpenBackend["onServer"]>) {
  const key = (host: string): string => `host ${host}`;
  return {
    /** The time by the server's own clock, as ISO 8601 has it. */
    time,
    /** Takes the name of a host for as long as the connection lives. Undefined if another daemon has it. @throws StoreUnavailable */
    async claimHost(host: string): Promise<HostClaim | undefined> {
      const claimed = await claim(key(host));
      return claimed && hostClaim(host, claimed);
    },
    /** The session of the daemon that has the name of a host; undefined if none has. */
    holderOfHost: async (host: string) => await holderOf(key(host)),
  };
}
