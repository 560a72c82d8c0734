import { durationInWords } from "../../domain/duration-in-words.ts";

/** `8 min`: how long a running deployment has been in its phase, if that is longer than `stuckAfter` allows; else undefined. */
export function stuckFor(phaseChangedAt: string | undefined, stuckAfter: number): string | undefined {
  const stillMs = phaseChangedAt === undefined ? 0 : Date.now() - Date.parse(phaseChangedAt);
  return stillMs > stuckAfter ? durationInWords(stillMs) : undefined;
}
