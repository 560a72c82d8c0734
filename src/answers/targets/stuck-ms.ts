/** How long a running deployment has been in its phase, if that is longer than `stuckAfter` allows; else undefined. Both are milliseconds. */
export function stuckMs(phaseChangedAt: string | undefined, stuckAfter: number): number | undefined {
  const stillMs = phaseChangedAt === undefined ? 0 : Date.now() - Date.parse(phaseChangedAt);
  return stillMs > stuckAfter ? stillMs : undefined;
}
