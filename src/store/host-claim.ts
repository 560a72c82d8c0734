import type { Claim } from "./backends/backend.ts";
import type { HostSign } from "./writes/give-sign.ts";
import { giveSign } from "./writes/give-sign.ts";

/** The name of a host, taken by one daemon. */
export interface HostClaim extends Pick<Claim, "ended" | "isHeld" | "release"> {
  /**
   * Gives a sign of life. False if the store does not know the host, or knows another daemon there. An older program that only reads a newer store gives signs of life, too.
   * @throws an error if the claim has ended.
   */
  giveSign(sign: HostSign): Promise<boolean>;
}

export function hostClaim(host: string, { db, serverTime, ended, isHeld, release }: Claim): HostClaim {
  return { ended, isHeld, release, giveSign: async (sign) => await giveSign({ db }, host, sign, serverTime) };
}
