import { AnswerLost, PermissionDenied, ServerUnavailable } from "../../domain/errors.ts";
import { messageOf } from "../../domain/message-of.ts";
import { doorName } from "./door.ts";
import type { Door } from "./door.ts";
import type { Wish } from "./send-request.ts";

interface Circumstances {
  /** Whether the time for an answer ran out. */
  readonly isTooLate: boolean;
  readonly wish: Pick<Wish, "key" | "timeoutMs">;
}

/** Codes by which OpenSSL says that it does not trust a certificate. */
const UNTRUSTED = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:VERIFY|GET_ISSUER)\w*)$/;

const UNKNOWN = "It is not known whether it did what was asked: fraisier history and fraisier status show that.";

/** The error for a daemon that could not be asked. */
export function unreachable(door: Door, cause: unknown, { isTooLate, wish }: Circumstances): Error {
  const place = doorName(door);
  const { code = "" } = cause as NodeJS.ErrnoException;
  if (isTooLate) {
    const late = `${place} did not answer within ${wish.timeoutMs / 1_000} seconds`;
    if (wish.key !== undefined) return new AnswerLost(late, { cause, hint: UNKNOWN });
    const hint = "Try again, or look at that machine: systemctl status fraisier.";
    return new ServerUnavailable(late, { cause, hint });
  }
  if (code === "ECONNRESET" && wish.key !== undefined)
    return new AnswerLost(`${place} ended the connection without an answer`, { cause, hint: UNKNOWN });
  if (door.kind === "socket") return notOnThisMachine(door.path, code, cause);
  if (UNTRUSTED.test(code))
    return new ServerUnavailable(`the certificate of ${place} is not trusted here (${code})`, {
      cause,
      hint: "If a CA of your own signed it: NODE_EXTRA_CA_CERTS=/path/to/ca.pem fraisier …",
    });
  return new ServerUnavailable(`${place} cannot be reached: ${messageOf(cause) || code}`, {
    cause,
    hint: "Compare the address, then look at that machine: systemctl status fraisier.",
  });
}

function notOnThisMachine(path: string, code: string, cause: unknown): Error {
  if (code === "EACCES" || code === "EPERM") return new PermissionDenied(`this user may not use ${path}`, { cause });
  const isGone = code === "ENOENT" || code === "ECONNREFUSED";
  return new ServerUnavailable(
    isGone ? `the daemon is not running: nothing answers at ${path}` : `${path} gives no answer: ${messageOf(cause)}`,
    { cause, hint: "sudo systemctl start fraisier starts it; journalctl -u fraisier says why it ended." },
  );
}
