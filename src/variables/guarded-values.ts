import type { TargetKey } from "../domain/fraise.ts";

/** Words that every log is full of, and small numbers (ports, counts): blanking them out would guard nothing and hide what happened. */
const EVERYDAY = /^(?:true|false|null|none|yes|no|on|off|\d{1,5})$/i;

/** What of a target's variables must never be printed: every value, and of URLs the password by itself, as it is written and as it is meant. */
export function guardedValues(variables: ReadonlyMap<string, string>, target: TargetKey): readonly string[] {
  const known = new Set([target.fraise, target.environment, target.job]);
  const isOpen = (value: string): boolean => EVERYDAY.test(value) || known.has(value);
  return [...variables.values()].flatMap((value) => (isOpen(value) ? [] : [value, ...passwordOf(value)]));
}

function passwordOf(value: string): readonly string[] {
  const password = URL.parse(value)?.password ?? "";
  if (password === "") return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // A % that encodes nothing: programs get it as it is.
    return [password];
  }
}
