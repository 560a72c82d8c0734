import type { TargetKey } from "../domain/fraise.ts";
import { isEverydayWord } from "../domain/secret-parts.ts";

/** The values of a target's variables that must never be printed: all but words that every log is full of, and the names of the target itself. */
export function guardedValues(variables: ReadonlyMap<string, string>, target: TargetKey): readonly string[] {
  const known = new Set([target.fraise, target.environment, target.job]);
  return [...variables.values()].filter((value) => !isEverydayWord(value) && !known.has(value));
}
