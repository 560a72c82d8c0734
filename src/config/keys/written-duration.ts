/** Keys of fraises.yaml, by their last part, whose value is a duration. A test compares them with the definitions of the keys. */
export const DURATION_KEYS: ReadonlySet<string> = new Set([
  "interval",
  "lock_timeout",
  "patience",
  "run_timeout",
  "stable_for",
  "stuck_after",
  "sweep_interval",
  "timeout",
  "within",
]);

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** Milliseconds as people write them in fraises.yaml: `20m`. Exact. Pure. */
export function writtenDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms >= each && ms % each === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}
