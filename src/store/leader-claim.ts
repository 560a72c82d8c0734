import type { Claim } from "./backends/backend.ts";
import { takeTerm } from "./writes/take-term.ts";

/** The leadership, taken by the daemon of one host. */
export interface LeaderClaim extends Pick<Claim, "ended" | "isHeld" | "ping" | "release"> {
  readonly term: number;
}

export async function leaderClaim(host: string, claim: Claim): Promise<LeaderClaim> {
  const { db, serverTime, ended, isHeld, ping, release } = claim;
  try {
    return { term: await takeTerm({ db, host }, serverTime), ended, isHeld, ping, release };
  } catch (error) {
    await release();
    throw error;
  }
}
