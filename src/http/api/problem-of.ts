import { DeliveryRejected, FraisierError, HostUnavailable, StoreUnavailable, UsageError } from "../../domain/errors.ts";
import type { Problem } from "./api-problem.ts";

/** The answer for an error. A bug shows nothing of itself: its details are for the log. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof FraisierError))
    return { status: 500, code: "bug", title: "fraisier failed to answer", hint: "The daemon's log says more." };
  const told = { code: error.code, title: error.message, hint: error.hint ?? "" };
  if (error instanceof UsageError) return { ...told, status: 422 };
  if (error instanceof DeliveryRejected) return { ...told, code: "request_rejected", status: error.httpStatus };
  if (error instanceof StoreUnavailable && error.since !== undefined)
    told.hint = `${told.hint} This daemon has not reached it since ${error.since}.`.trim();
  if (error instanceof StoreUnavailable || error instanceof HostUnavailable)
    return {
      ...told,
      status: 503,
      hint: told.hint === "" ? "Try again soon." : told.hint,
      headers: { "retry-after": "2" },
    };
  return { ...told, status: 500 };
}
