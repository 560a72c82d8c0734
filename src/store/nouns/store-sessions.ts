import type { Bind } from "../bind.ts";
import { findSession } from "../reads/find-session.ts";
import { beginSession } from "../writes/begin-session.ts";
import { endSession } from "../writes/end-session.ts";

/** Sessions of people who signed in to the dashboard. */
export function storeSessions(bind: Bind) {
  return {
    begin: bind(beginSession),
    end: bind(endSession),
    find: bind(findSession),
  };
}
