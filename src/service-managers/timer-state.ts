/** Properties of org.freedesktop.systemd1(5) that tell how a timer does. */
export const TIMER_PROPERTIES = [
  "Id",
  "LoadState",
  "ActiveState",
  "SubState",
  "Result",
  "UnitFileState",
  "NextElapseUSecRealtime",
  "NextElapseUSecMonotonic",
] as const;

/** The state of a timer, as systemd says. */
export interface TimerState {
  readonly timer: string;
  /** It exists, and systemd could read it. */
  readonly loaded: boolean;
  readonly active: boolean;
  /** It waits for its next time; not while its service runs. */
  readonly waiting: boolean;
  /** It comes up with the machine. */
  readonly enabled: boolean;
  /** When it elapses next, ISO-8601. */
  readonly next: string | undefined;
  /** For people: `active (waiting)`. */
  readonly description: string;
}

type Property = Partial<Record<(typeof TIMER_PROPERTIES)[number], string>>;

/** Reads what `systemctl show` prints of several timers, in UTC. `monotonicMs` is what CLOCK_MONOTONIC says at `nowMs`. */
export function timerStates(shown: string, nowMs: number, monotonicMs: number): readonly TimerState[] {
  return shown
    .trim()
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => timerState(propertiesOf(block), nowMs, monotonicMs));
}

function timerState(property: Property, nowMs: number, monotonicMs: number): TimerState {
  const { ActiveState: active = "unknown", SubState: sub = "", Result: result = "success" } = property;
  const load = property.LoadState ?? "unknown";
  const nextMs = nextElapseMs(property, nowMs - monotonicMs);
  const detail = active === "failed" ? result : sub;
  return {
    timer: property.Id ?? "",
    loaded: load === "loaded",
    active: active === "active",
    waiting: sub === "waiting",
    enabled: (property.UnitFileState ?? "").startsWith("enabled"),
    next: nextMs === undefined ? undefined : new Date(nextMs).toISOString(),
    description: load === "loaded" ? `${active} (${detail})` : load,
  };
}

/** A timer may have both kinds of times: the sooner one comes first. @param bootMs the time at which the monotonic clock began. */
function nextElapseMs(property: Property, bootMs: number): number | undefined {
  const realtime = timestampMs(property.NextElapseUSecRealtime ?? "");
  const monotonic = timespanMs(property.NextElapseUSecMonotonic ?? "");
  return [realtime, monotonic === undefined ? undefined : bootMs + monotonic]
    .filter((each) => each !== undefined)
    .toSorted((a, b) => a - b)[0];
}

function propertiesOf(block: string): Property {
  return Object.fromEntries(
    block.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  ) as Property;
}

/** `Sun 2026-11-22 02:00:00 UTC` */
function timestampMs(text: string): number | undefined {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC$/.exec(text) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}

const SPAN_MS: Readonly<Record<string, number>> = {
  y: 31_557_600_000,
  month: 2_629_800_000,
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  min: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
};

/** `6h 42min 16.272860s`; `infinity` and `0` mean never. */
function timespanMs(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(y|month|w|d|h|min|ms|us|s)\b/g)];
  if (parts.length === 0) return undefined;
  return Math.round(parts.reduce((sum, [, value, unit]) => sum + Number(value) * (SPAN_MS[unit ?? ""] ?? 0), 0));
}
