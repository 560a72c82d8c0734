/** `30 h`, `45 min`, `20 s`: the largest unit that leaves at least two of it, so that what is compared reads alike. */
export function durationInWords(ms: number): string {
  const seconds = ms / 1000;
  if (seconds >= 4 * 86_400) return `${Math.floor(seconds / 86_400)} d`;
  if (seconds >= 7200) return `${Math.floor(seconds / 3600)} h`;
  return seconds >= 120 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds)} s`;
}
