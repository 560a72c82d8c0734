const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;

/** How long to wait after so many failures one after the other: twice as long each time, up to five minutes, and never at the same moment as others. */
export function backoffMs(failures: number, askedMs: number, random = Math.random()): number {
  const usual = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.max(usual * (0.75 + random / 2), Math.min(askedMs, LONGEST_MS * 2));
}
