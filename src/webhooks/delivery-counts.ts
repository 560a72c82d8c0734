/** How many deliveries were answered with which status since the daemon started, for monitors. */
export interface DeliveryCounts {
  /** @param forge the name of a forge that fraisier knows, or "unknown": what strangers write must not become a label. */
  add(forge: string, status: number): void;
  list(): readonly DeliveryCount[];
}

export interface DeliveryCount {
  readonly forge: string;
  readonly status: number;
  readonly count: number;
}

export function createDeliveryCounts(): DeliveryCounts {
  const counts = new Map<string, { forge: string; status: number; count: number }>();
  return {
    add(forge, status) {
      const key = `${forge} ${status}`;
      const found = counts.get(key);
      if (found === undefined) counts.set(key, { forge, status, count: 1 });
      else found.count += 1;
    },
    list: () => [...counts.values()],
  };
}
