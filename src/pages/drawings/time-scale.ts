const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A moment with its share of the width of a drawing. */
interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface TimeScale {
  /** The share of the width at which a moment lies: 0 at the beginning, 1 at the end. */
  at(time: string | null): number;
  readonly ticks: readonly Tick[];
}

/** Steps of an axis that give at most five labels. */
const STEPS_MS = [
  2 * MINUTE_MS,
  15 * MINUTE_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  21 * DAY_MS,
  73 * DAY_MS,
];
const MOST_TICKS = 5;

/** A linear axis of time in UTC. Pure. @param until also the place of what goes on. */
export function timeScale(since: string, until: string): TimeScale {
  const [from, to] = [Date.parse(since), Date.parse(until)];
  const width = Math.max(1, to - from);
  const share = (time: number): number => Math.min(1, Math.max(0, (time - from) / width));
  const step = STEPS_MS.find((each) => width / each <= MOST_TICKS) ?? Math.ceil(width / MOST_TICKS / DAY_MS) * DAY_MS;
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  const ticks = Array.from({ length: count }, (_, index) => first + index * step);
  return {
    at: (time) => (time === null ? 1 : share(Date.parse(time))),
    ticks: ticks.map((time) => ({ at: share(time), label: labelOf(time, width) })),
  };
}

function labelOf(time: number, width: number): string {
  const date = new Date(time);
  if (time % DAY_MS !== 0) return date.toISOString().slice(11, 16);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return width > 400 * DAY_MS ? `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}` : day;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
