import type { Wanted } from "../../domain/decision.ts";
import { UsageError } from "../../domain/errors.ts";
import { person } from "../person.ts";

/** The part of a wish that `--override <why>` adds. @throws UsageError if no reason is given: it is for the record. */
export function overrideOf(reason: string | undefined): Pick<Wanted, "override"> {
  if (reason === undefined) return {};
  if (reason.trim() === "") throw new UsageError("--override needs a reason", { hint: 'Say why: --override "hotfix"' });
  return { override: { by: person(), reason } };
}
