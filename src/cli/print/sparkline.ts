const BARS = "▁▂▃▄▅▆▇█";

/** Numbers as a line of bars, the highest number as the highest bar; a zero is a dot. */
export function sparkline(numbers: readonly number[]): string {
  const highest = Math.max(1, ...numbers);
  return numbers
    .map((each) => (each === 0 ? "·" : (BARS[Math.ceil((each / highest) * BARS.length) - 1] ?? "·")))
    .join("");
}
