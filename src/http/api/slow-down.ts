import { setTimeout as sleep } from "node:timers/promises";

/** So many wrong tokens of a sender are answered at once; a person who mistypes one sees no difference. */
const BURST = 10;
/** After this time, in milliseconds, one more is answered at once. */
const REFILL_MS = 6_000;
const PAUSE_MS = 1_000;
/** Answers that are held back at the same time, of all senders together. */
const MAX_HELD = 64;
const MAX_SENDERS = 1_000;

/** Slows down senders of wrong tokens. A right token is never slowed down, whoever else sends from its address. */
export interface SlowDown {
  /** Counts a wrong token of a sender. True, after a pause, if the sender has sent too many of them. */
  wrong(sender: string): Promise<boolean>;
}

export function createSlowDown(now: () => number = () => performance.now(), pauseMs: number = PAUSE_MS): SlowDown {
  // The map keeps the order of insertion: the sender whose last wrong token is oldest stands first.
  const senders = new Map<string, { left: number; at: number }>();
  let held = 0;
  return {
    async wrong(sender) {
      const time = now();
      const before = senders.get(sender) ?? { left: BURST, at: time };
      const left = Math.min(BURST, before.left + (time - before.at) / REFILL_MS) - 1;
      senders.delete(sender);
      senders.set(sender, { left: Math.max(left, -1), at: time });
      for (const oldest of senders.keys()) if (senders.size > MAX_SENDERS) senders.delete(oldest);
      if (left >= 0) return false;
      if (held >= MAX_HELD) return true;
      held += 1;
      await sleep(pauseMs, undefined, { ref: false });
      held -= 1;
      return true;
    },
  };
}
