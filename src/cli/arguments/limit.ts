import { UsageError } from "../../domain/errors.ts";

/** `--limit`, 1 to 10,000. @throws UsageError */
export function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 10_000) return limit;
  throw new UsageError(`--limit is "${text}": a whole number from 1 to 10000`);
}
