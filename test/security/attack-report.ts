import { appendFileSync } from "node:fs";

/** What one file of the attack suite tried and found; all but the first must be 0. */
export interface AttackCounts {
  readonly tried: number;
  readonly wronglyAccepted: number;
  readonly crashes: number;
  readonly secretsFound: number;
}

/** Adds to the figures that scripts/test prints at the end of a whole run. */
export function reportAttacks({ tried, wronglyAccepted, crashes, secretsFound }: AttackCounts): void {
  const file = process.env["ATTACK_REPORT"];
  if (file !== undefined) appendFileSync(file, `${tried} ${wronglyAccepted} ${crashes} ${secretsFound}\n`);
}
