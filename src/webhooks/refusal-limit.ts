import { senderOf } from "../domain/addresses.ts";

/** Rows an address may cause in a minute by being refused, and all addresses together: strangers must not fill the disk. */
const PER_ADDRESS = 30;
const IN_ALL = 300;
const MINUTE_MS = 60_000;

/** Answers whether another refused delivery of this address is still recorded. Counts the ones it allows. */
export function createRefusalLimit(now: () => number = () => performance.now()): (address: string) => boolean {
  let windowStart = now();
  let total = 0;
  const perAddress = new Map<string, number>();
  return (address) => {
    if (now() - windowStart >= MINUTE_MS) {
      windowStart = now();
      total = 0;
      perAddress.clear();
    }
    const sender = senderOf(address);
    const count = perAddress.get(sender) ?? 0;
    if (total >= IN_ALL || count >= PER_ADDRESS) return false;
    total += 1;
    perAddress.set(sender, count + 1);
    return true;
  };
}
