import type { Reach, Scope } from "../../domain/api-token.ts";
import type { HttpEnv } from "../http-env.ts";

/** The program or person behind a request of the API, with its rights. */
export interface Caller extends Reach {
  /** The token or the local user: equal in all requests of the same caller. */
  readonly id: string;
  /** For the record: `token ci`, or the user at the other end of a local socket. */
  readonly name: string;
  readonly scope: Scope;
  /** Whether the door would let the caller in again now: a token may have been revoked, or have expired. */
  isStillIn(): Promise<boolean>;
}

/** The variables of a request that came through a door of the API. */
export interface ApiEnv extends HttpEnv {
  Variables: { caller: Caller };
}
