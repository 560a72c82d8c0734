import type { Context } from "hono";
import type { Problem } from "./api-problem.ts";
import type { ApiEnv, Caller } from "./caller.ts";
import { CREATE } from "./token-check.ts";
import type { TokenCheck } from "./token-check.ts";

/** Finds out who is behind a request; gives a problem if the request may not come in. */
export type Door = (context: Context<ApiEnv>) => Promise<Caller | Problem>;

/** The door of the public listener: a request needs a token, from wherever it comes. */
export function tokenDoor(tokens: Pick<TokenCheck, "ofText">): Door {
  return async (context) => {
    const header = context.req.header("authorization");
    if (header === undefined) return NO_TOKEN;
    const found = await tokens.ofText(context, /^bearer +(\S+)$/i.exec(header)?.[1] ?? "");
    return "status" in found ? found : found.caller;
  };
}

const NO_TOKEN: Problem = {
  status: 401,
  code: "token_missing",
  title: "this needs a token",
  hint: `Send it as Authorization: Bearer frz_…. ${CREATE}`,
  headers: { "www-authenticate": 'Bearer realm="fraisier"' },
};
