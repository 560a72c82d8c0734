/** A clock that nobody sets and that every thread of this process reads alike. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
