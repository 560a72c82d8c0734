/** Something that there is only so much of, divided among senders. */
export interface FairShares {
  /**
   * Takes a share for a sender. If too little is left, the sender that has most gives way first.
   * @param giveWay called at most once, when the share is taken away for another sender.
   * @returns undefined if this sender has too much itself.
   */
  take(sender: string, amount: number, giveWay: () => void): Share | undefined;
}

export interface Share {
  /** Takes more. False if this sender has too much itself, or the share was given back. */
  grow(amount: number): boolean;
  /** Gives everything back. Calling it again does nothing. */
  giveBack(): void;
}

export interface Limits {
  readonly inAll: number;
  readonly perSender: number;
}

interface Holding {
  readonly sender: string;
  amount: number;
  readonly giveWay: () => void;
}

interface Pool {
  readonly limits: Limits;
  total: number;
  readonly bySender: Map<string, { total: number; readonly holdings: Set<Holding> }>;
}

/**
 * The sender that takes most gives way to one that takes less: a stranger that takes everything delays itself, and not a forge that asks for a little.
 * @param isKnown whether a sender has proved lately who it is. Known senders share a part of their own, so that strangers cannot use it up.
 */
export function fairShares(strangers: Limits, known: Limits, isKnown: (sender: string) => boolean): FairShares {
  const [common, reserved] = [emptyPool(strangers), emptyPool(known)];
  return {
    take(sender, amount, giveWay) {
      const pool = isKnown(sender) ? reserved : common;
      const holding: Holding = { sender, amount: 0, giveWay };
      if (!addTo(pool, holding, amount)) return undefined;
      return {
        grow: (more) => pool.bySender.get(sender)?.holdings.has(holding) === true && addTo(pool, holding, more),
        giveBack: () => remove(pool, holding),
      };
    },
  };
}

function emptyPool(limits: Limits): Pool {
  return { limits, total: 0, bySender: new Map() };
}

function addTo(pool: Pool, holding: Holding, amount: number): boolean {
  const { inAll, perSender } = pool.limits;
  const own = (pool.bySender.get(holding.sender)?.total ?? 0) + amount;
  if (own > perSender) return false;
  while (pool.total + amount > inAll) {
    const largest = largestOf(pool);
    // Between equals the one that came last is served: it may be a forge among many strangers, and strangers stay longer.
    if (largest === undefined || largest.sender === holding.sender || largest.total < own) return false;
    remove(pool, largest.holding);
    largest.holding.giveWay();
  }
  const entry = pool.bySender.get(holding.sender) ?? { total: 0, holdings: new Set<Holding>() };
  entry.total += amount;
  holding.amount += amount;
  pool.total += amount;
  entry.holdings.add(holding);
  pool.bySender.set(holding.sender, entry);
  return true;
}

function remove(pool: Pool, holding: Holding): void {
  const entry = pool.bySender.get(holding.sender);
  if (entry?.holdings.delete(holding) !== true) return;
  entry.total -= holding.amount;
  pool.total -= holding.amount;
  if (entry.holdings.size === 0) pool.bySender.delete(holding.sender);
}

/** The sender that has most, and the largest and oldest of its holdings. */
function largestOf({ bySender }: Pool): { sender: string; total: number; holding: Holding } | undefined {
  let most: { sender: string; total: number; holdings: ReadonlySet<Holding> } | undefined;
  for (const [sender, { total, holdings }] of bySender)
    if (most === undefined || total > most.total) most = { sender, total, holdings };
  if (most === undefined) return undefined;
  let largest: Holding | undefined;
  for (const holding of most.holdings) if (largest === undefined || holding.amount > largest.amount) largest = holding;
  return largest === undefined ? undefined : { sender: most.sender, total: most.total, holding: largest };
}
