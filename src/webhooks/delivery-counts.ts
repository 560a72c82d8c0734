/** How many deliveries were answered with which status since the daemon started, for monitors. */
export interface DeliveryCounts {
  /** @param forge the name of an instance or a forge, or "unknown": what strangers write must not become a label. */
  add(forge: string, status: number): void;
  /** A refused request of which there is neither a row nor a line in the log, as its sender had too many in this minute. */
  addUnrecorded(): void;
  list(): readonly DeliveryCount[];
  unrecorded(): number;
}

interface DeliveryCount {
  readonly forge: string;
  readonly status: number;
  readonly count: number;
}

export function createDeliveryCounts(): DeliveryCounts {
  let unrecorded = 0;
  const counts = new Map<string, { forge: string; status: number; count: number }>();
  return {
    add(forge, status) {
      const key = `${forge} ${status}`;
      const found = counts.get(key);
      if (found === undefined) counts.set(key, { forge, status, count: 1 });
      else found.count += 1;
    },
    addUnrecorded() {
      unrecorded += 1;
    },
    list: () => [...counts.values()],
    unrecorded: () => unrecorded,
  };
}
