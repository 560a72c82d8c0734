import { errorOfCode } from "../../domain/error-of-code.ts";
import { PermissionDenied, ServerUnavailable, UsageError } from "../../domain/errors.ts";
import type { Door } from "./door.ts";
import { doorName } from "./door.ts";
import type { Reply } from "./send-request.ts";

/** The code of a thing that is not on record. */
export const NOT_ON_RECORD = "not_on_record";

export interface ApiProblem {
  readonly code: string;
  readonly title: string;
  readonly hint: string;
}

/** The problem that an answer tells of; undefined for an answer that no fraisier gives. */
export function problemIn({ type, text }: Reply): ApiProblem | undefined {
  if (!type.startsWith("application/problem+json")) return undefined;
  try {
    const { code, title, hint } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof code !== "string" || typeof title !== "string") return undefined;
    return { code, title, hint: typeof hint === "string" ? hint : "" };
  } catch {
    // Something between here and fraisier cut or rewrote the answer.
    return undefined;
  }
}

/** Codes that only the API has, with the errors of the command line that have the same exit code. */
const ERRORS: Readonly<Record<string, new (message: string, details: { readonly hint?: string }) => Error>> = {
  [NOT_ON_RECORD]: UsageError,
  scope_missing: PermissionDenied,
  out_of_reach: PermissionDenied,
  token_missing: PermissionDenied,
  token_unknown: PermissionDenied,
  token_expired: PermissionDenied,
  token_revoked: PermissionDenied,
};

/** The error that the command line of that machine would have ended with: its words, and its exit code. */
export function problemError({ code, title, hint }: ApiProblem): Error {
  const details = hint === "" ? {} : { hint };
  return errorOfCode({ code, message: title, hint }) ?? new (ERRORS[code] ?? ServerUnavailable)(title, details);
}

/** The error for an answer that no fraisier gives. */
export function strangeAnswer(door: Door, { status, location }: Reply): ServerUnavailable {
  const place = doorName(door);
  if (status >= 300 && status < 400)
    return new ServerUnavailable(`${place} sends requests on to ${location ?? "another address"}`, {
      hint: "The token is not sent there. If that is the right address: fraisier login it, or put it into FRAISIER_URL.",
    });
  if (status >= 502 && status <= 504)
    return new ServerUnavailable(`the proxy at ${place} cannot reach fraisier (status ${status})`, {
      hint: "Look at the machine behind it: systemctl status fraisier.",
    });
  return new ServerUnavailable(`${place} does not answer as fraisier does (status ${status})`, {
    hint: "Compare the address. The API stands below /api/v1, which a proxy must pass on: docs/reverse-proxy.md.",
  });
}
