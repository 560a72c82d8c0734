import { UsageError } from "../../domain/errors.ts";

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_DAYS = 3_660;

/** The moment that `--expires 90d` names; undefined for `never`. @throws UsageError */
export function expiryOf(text: string, now: Date): string | undefined {
  if (text === "never") return undefined;
  const [, digits = "", unit = ""] = /^(\d{1,6})(m|h|d)$/.exec(text) ?? [];
  const span = Number(digits) * (UNITS_MS[unit] ?? 0);
  if (span > 0 && span <= LONGEST_DAYS * 86_400_000) return new Date(now.getTime() + span).toISOString();
  throw new UsageError(`--expires is "${text}": write 30m, 12h or 90d (at most ${LONGEST_DAYS}d), or never`);
}
