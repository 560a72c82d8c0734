/** The middle one of an odd number of values, the upper of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new Error("there is no median of nothing");
  return middle;
}

/** `missed by 12 %` of what was wanted, or undefined when `value` is at most `limit`. */
export function above(value: number, limit: number, unit: string): string | undefined {
  return value <= limit ? undefined : difference(value - limit, unit);
}

/** The same for what should be at least `limit`. */
export function below(value: number, limit: number, unit: string): string | undefined {
  return value >= limit ? undefined : difference(limit - value, unit);
}

function difference(by: number, unit: string): string {
  return `${by.toFixed(by < 10 ? 2 : 0)}${unit}`;
}
