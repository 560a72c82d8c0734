import { messageOf } from "./message-of.ts";

interface ErrorDetails {
  /** Advice for the reader: one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Every error that fraisier throws on purpose. `code` is stable once released; `message` says what, `hint` what to do. */
export abstract class FraisierError extends Error {
  abstract readonly code: string;
  /** The exit code of a command that ends with it. */
  abstract readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
  }
}

/** An error of the same kind and exit code, with secrets taken out of its text. */
export function redactError(error: unknown, redact: (text: string) => string): unknown {
  if (!(error instanceof Error)) return typeof error === "string" ? redact(error) : error;
  error.message = redact(error.message);
  if (error.stack !== undefined) error.stack = redact(error.stack);
  if (error.cause !== undefined) error.cause = redactError(error.cause, redact);
  if (error instanceof FraisierError && error.hint !== undefined) Object.assign(error, { hint: redact(error.hint) });
  return error;
}

/** An error of the same kind, hint and exit code, which also names the failure that came after it. */
export function followedBy(error: unknown, after: unknown): unknown {
  const [first, second] = [error, after].map(messageOf);
  const message = `${first}; and then: ${second}`;
  // For a bug the stack is shown, which has its message in it.
  if (!(error instanceof FraisierError)) return new AggregateError([error, after], message, { cause: error });
  error.message = message;
  return error;
}

/**
 * The command line makes no sense: the caller mends it.
 * @remedy Run the command with `--help`.
 */
export class UsageError extends FraisierError {
  readonly code = "usage";
  readonly exitCode = 2;
}

/** A problem in fraises.yaml. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The place in the data, `fraises.api.environments.production`; `""` for the top. */
  readonly path: string;
  readonly message: string;
  readonly severity: "error" | "warning";
}

/**
 * fraises.yaml cannot be used: the operator edits it. Carries every problem, not only the first.
 * @remedy Mend each line that it names, then run `fraisier config validate`.
 */
export class ConfigError extends FraisierError {
  readonly code = "config";
  readonly exitCode = 2;
  readonly problems: readonly ConfigProblem[];

  constructor(message: string, problems: readonly ConfigProblem[], details: ErrorDetails = {}) {
    super(message, details);
    this.problems = problems;
  }
}

/**
 * A delivery that is not accepted: the sender mends it; 503: the operator does, and the sender delivers it again.
 * @remedy Compare the secret and the content type at the forge with `fraisier providers`, then send the delivery again.
 */
export class DeliveryRejected extends FraisierError {
  readonly code = "delivery_rejected";
  readonly exitCode = 1;
  readonly httpStatus: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 503;

  constructor(httpStatus: DeliveryRejected["httpStatus"], message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.httpStatus = httpStatus;
  }
}

/**
 * A step of a deployment failed: usually the deployed code's author mends it.
 * @remedy Read `fraisier logs`, mend the code, and push again.
 */
export class StepFailed extends FraisierError {
  readonly code = "step_failed";
  readonly exitCode = 1;
  /** The deployment is not taken back for it: the person who asked for it wanted the working groups to stay. */
  readonly leavesAsIs: boolean;

  constructor(
    message: string,
    { leavesAsIs = false, ...details }: ErrorDetails & { readonly leavesAsIs?: boolean } = {},
  ) {
    super(message, details);
    this.leavesAsIs = leavesAsIs;
  }
}

/**
 * A step that never began: nothing was touched.
 * @remedy Do what its hint says, then deploy again.
 */
export class NotBegun extends StepFailed {}

/**
 * The revision is not at its remote any more: it was pushed away.
 * @remedy Push it again, or deploy another revision.
 */
export class RevisionGone extends StepFailed {}

/**
 * This machine cannot do what was asked (disk full, git or systemctl missing, port in use): its operator mends it.
 * @remedy Run `fraisier doctor`, mend what it names, and deploy again.
 */
export class HostUnavailable extends FraisierError {
  readonly code = "host_unavailable";
  readonly exitCode = 3;
}

/**
 * systemd was asked, and has no unit of this name that it could start: it is not there, masked or broken.
 * @remedy Look at it with `systemctl status`, then install, unmask or mend it.
 */
export class UnitUnusable extends HostUnavailable {}

/**
 * The remote does not answer as it should for a reason that passes by itself: asking again later may be enough.
 * @remedy Deploy again when the forge answers.
 */
export class RemoteUnreachable extends HostUnavailable {}

/**
 * The process or session that held the lock of migrations ended. A process that takes the lock anew can go on.
 * @remedy Deploy again.
 */
export class MigrationLockLost extends HostUnavailable {}

/**
 * A program was killed from outside, by the kernel for want of memory or by a person: the same work may succeed later.
 * @remedy Look for its end in `journalctl -k`. Give it more memory, then deploy again.
 */
export class ProgramKilled extends HostUnavailable {}

/**
 * There is no room on a disk: when somebody has made room, the same deployment may work.
 * @remedy Make room, then deploy again.
 */
export class DiskFull extends HostUnavailable {}

/**
 * A disk is mounted read-only or answers with errors: when somebody has mended it, the same deployment may work.
 * @remedy Mend or replace the disk, then deploy again.
 */
export class DiskFailing extends HostUnavailable {}

/**
 * The store cannot be opened, read or written.
 * @remedy Look at its file, folder and disk, then run `fraisier repair`.
 */
export class StoreUnavailable extends FraisierError {
  readonly code = "store_unavailable";
  readonly exitCode = 4;
  /** The time since which this process cannot reach the server of the store, ISO-8601; undefined if no server keeps it, or if it was never tried before. */
  since: string | undefined;
}

/**
 * The server of the store was out of reach for longer than `store.patience`.
 * @remedy Look whether the server runs; fraisier goes on by itself once it can be reached.
 */
export class StoreAway extends StoreUnavailable {}

/**
 * The fraisier that was asked over HTTP or a unix socket does not answer, or answers as no fraisier does.
 * @remedy Do what its hint says; on that machine, look at `systemctl status fraisier`.
 */
export class ServerUnavailable extends FraisierError {
  readonly code = "server_unavailable";
  readonly exitCode = 3;
}

/**
 * The connection to the fraisier that was asked broke before its answer came: it may have done what was asked, or not.
 * @remedy Look at `fraisier history` and `fraisier status`, then run the command again if it is needed.
 */
export class AnswerLost extends ServerUnavailable {}

/**
 * The user that fraisier runs as may not read or write something: the service's own user, or root, may. Never a sign that the thing is absent.
 * @remedy Run the command with `sudo`, or mend the owner of the file.
 */
export class PermissionDenied extends FraisierError {
  readonly code = "permission_denied";
  readonly exitCode = 4;
}
