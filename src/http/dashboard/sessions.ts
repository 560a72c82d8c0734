import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { tokenState } from "../../domain/api-token.ts";
import type { Store } from "../../store/store.ts";
import { newSessionText, sessionHash } from "../../tokens/session-text.ts";
import type { Caller } from "../api/caller.ts";
import type { Admitted, TokenCheck } from "../api/token-check.ts";
import { isLoopback } from "./own-origin.ts";

export interface SessionParts {
  /** Finds sessions; a question does not wait for writes. */
  readonly reader: { readonly sessions: Pick<Store["sessions"], "find"> };
  readonly writer: { readonly sessions: Pick<Store["sessions"], "begin" | "end"> };
  readonly tokens: Pick<TokenCheck, "admit">;
}

/** Somebody who signed in. */
export interface SignedIn {
  /** The secret in the cookie. */
  readonly text: string;
  readonly caller: Caller;
}

/** Sessions of the dashboard, which live in a cookie and in the store. */
export interface Sessions {
  /** Finds the session of a request. Undefined if there is no session, if its time is over, or if its token no longer works. */
  of(context: Context): Promise<SignedIn | undefined>;
  begin(context: Context, admitted: Admitted): Promise<void>;
  end(context: Context): Promise<void>;
}

const WEEK_MS = 7 * 86_400_000;

export function createSessions({ reader, writer, tokens }: SessionParts): Sessions {
  return {
    async of(context) {
      const text = getCookie(context, cookieOf(context).name) ?? "";
      const hash = sessionHash(text);
      const found = hash === undefined ? undefined : await reader.sessions.find(hash);
      const now = new Date();
      if (found === undefined || found.expiresAt <= now.toISOString()) return undefined;
      if (tokenState(found.token, now) !== "active") return undefined;
      const admitted = tokens.admit(found.token);
      return "status" in admitted ? undefined : { text, caller: admitted.caller };
    },
    async begin(context, { token }) {
      const text = newSessionText();
      const hash = sessionHash(text);
      if (hash === undefined) throw new Error("a new session has no hash");
      const now = Date.now();
      const end = Math.min(now + WEEK_MS, Date.parse(token.expiresAt ?? "") || Infinity);
      await writer.sessions.begin({
        hash,
        token: token.id,
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(end).toISOString(),
      });
      const { name, options } = cookieOf(context);
      setCookie(context, name, text, { ...options, maxAge: Math.floor((end - now) / 1000) });
    },
    async end(context) {
      const { name, options } = cookieOf(context);
      const hash = sessionHash(getCookie(context, name) ?? "");
      if (hash !== undefined) await writer.sessions.end(hash);
      deleteCookie(context, name, options);
    },
  };
}

/** The prefix `__Host-` binds a cookie to this host and to TLS. On loopback there is no TLS, and every port there shares its cookies. */
function cookieOf(context: Context) {
  const options = { path: "/", httpOnly: true, sameSite: "Lax" } as const;
  if (!isLoopback(context)) return { name: "__Host-fraisier", options: { ...options, secure: true } };
  const port = /:(\d+)$/.exec(context.req.header("host") ?? "")?.[1] ?? "80";
  return { name: `fraisier-${port}`, options: { ...options, secure: false } };
}
