import { UsageError } from "../domain/errors.ts";

/**
 * Refuses an empty word, as an unset variable of a script leaves it: every id begins with it, so it would name the only one there is. @param what `deployment`.
 * @throws UsageError
 */
export function refuseEmpty(typed: string | undefined, what: string, hint: string): asserts typed is string {
  if (typed === undefined || typed.trim() === "") throw new UsageError(`which ${what}?`, { hint });
}
