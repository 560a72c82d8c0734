import type { Door } from "../api/token-door.ts";
import type { Sessions } from "./sessions.ts";

const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Lets programs with a token and pages of the dashboard into the API. A session may only read there: another site can make a browser send a form with the cookie. */
export function sessionDoor(door: Door, sessions: Pick<Sessions, "of">): Door {
  return async (context) => {
    const { method } = context.req;
    const isPage = READING.has(method) && context.req.header("authorization") === undefined;
    const signedIn = isPage ? await sessions.of(context) : undefined;
    if (signedIn === undefined) return await door(context);
    const isStillIn = async (): Promise<boolean> => (await sessions.of(context)) !== undefined;
    return { ...signedIn.caller, scope: "read", isStillIn };
  };
}
