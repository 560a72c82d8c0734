/** The ways in which a terminal shows times: `3 min ago`, by the clock of this machine, or by UTC. */
export type TimeStyle = "relative" | "local" | "utc";

/** `3 min ago`, `in 5 h`. */
export function fromNow(ms: number): string {
  const span = inWords(Math.round(Math.abs(ms) / 1000));
  return ms >= 1000 ? `in ${span}` : `${span} ago`;
}

/** `2026-11-22 06:30:12 UTC`, or `2026-11-22 07:30:12 +01:00` by the clock of this machine. @param offset minutes east of UTC */
export function clockTime(at: Date, style: Exclude<TimeStyle, "relative">, offset = -at.getTimezoneOffset()): string {
  const minutes = style === "utc" ? 0 : offset;
  const shifted = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
  return `${shifted} ${zoneName(minutes)}`;
}

/** `340 ms`, `1.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`: how long something took. @param ms milliseconds */
export function tookInWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function zoneName(minutes: number): string {
  if (minutes === 0) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? "-" : "+"}${two(hours)}:${two(rest)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
