import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Forgets old payloads, at start and every hour. */
export function startRetention(
  store: Pick<Store, "dropPayloads">,
  keepDays: number,
  log: Log,
): { stop(): Promise<void> } {
  const forget = async (): Promise<void> => {
    try {
      const dropped = await store.dropPayloads(new Date(Date.now() - keepDays * DAY_MS));
      if (dropped > 0) log.info({ dropped }, "forgot the payloads of old deliveries");
    } catch (error) {
      log.error({ err: error }, "old payloads could not be forgotten; trying again in an hour");
    }
  };
  let underWay = forget();
  const timer = setInterval(() => {
    underWay = underWay.then(forget);
  }, HOUR_MS);
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
