/** Exit codes, stable. Errors bring their own (domain/errors.ts); these are for outcomes. */
export const EXIT = {
  /** It is done. */
  ok: 0,
  /** A deployment or step failed, was rolled back or cancelled. */
  failed: 1,
  /** The command line or fraises.yaml cannot be used. */
  usage: 2,
  /** This machine cannot do it: port in use, git or systemctl missing; or the server that was asked does not answer. */
  host: 3,
  /** The store cannot be opened, read or written; or this user may not read what only the service's user may. */
  store: 4,
  /** A bug of fraisier's. */
  bug: 70,
  /** Ended by Ctrl-C before the work was over; a deployment that a daemon runs goes on. */
  interrupted: 130,
} as const;
