import type { Context } from "hono";
import { senderOf } from "../../domain/addresses.ts";
import { tokenState } from "../../domain/api-token.ts";
import type { ApiToken } from "../../domain/api-token.ts";
import type { Log } from "../../log.ts";
import type { Store } from "../../store/store.ts";
import { isSameHash, readTokenText } from "../../tokens/token-text.ts";
import type { HttpEnv } from "../http-env.ts";
import { remoteAddress } from "../remote-address.ts";
import type { Problem } from "./api-problem.ts";
import type { Caller } from "./caller.ts";
import { createSlowDown } from "./slow-down.ts";

export interface TokenParts {
  /** Finds tokens; a question does not wait for writes. */
  readonly reader: { readonly tokens: Pick<Store["tokens"], "find"> };
  /** Writes last uses. */
  readonly writer: { readonly tokens: Pick<Store["tokens"], "use"> };
  readonly trustedProxies: () => readonly string[];
  readonly log: Log;
}

/** A token that works at this moment, and the rights that it gives. */
export interface Admitted {
  readonly token: ApiToken;
  readonly caller: Caller;
}

/** Decides whether tokens work. Wrong ones slow their address down, through whichever door they come. */
export interface TokenCheck {
  /** The token whose text a request brings. */
  ofText(context: Pick<Context<HttpEnv>, "env" | "req">, text: string): Promise<Admitted | Problem>;
  /** Whether a token of the store works at this moment; if it does, its use is written down. */
  admit(token: ApiToken): Admitted | Problem;
}

/** The store writes a use down only if the last one is older than this: it need not be asked before. */
const USE_MS = 60_000;

export function createTokenCheck({ reader, writer, trustedProxies, log }: TokenParts): TokenCheck {
  const slowDown = createSlowDown();
  const tokenOf = async (text: string): Promise<ApiToken | undefined> => {
    const claimed = readTokenText(text);
    const found = claimed === undefined ? undefined : await reader.tokens.find(claimed.id);
    return found !== undefined && claimed !== undefined && isSameHash(found.hash, claimed.hash)
      ? found.token
      : undefined;
  };
  const admit: TokenCheck["admit"] = (token) => {
    const now = new Date();
    const { id, name, scope, fraises, environments, lastUsedAt = "" } = token;
    const state = tokenState(token, now);
    if (state === "revoked") return refused("token_revoked", `token ${name} was revoked`, token.revokedAt);
    if (state === "expired") return refused("token_expired", `token ${name} has expired`, token.expiresAt);
    if (lastUsedAt <= new Date(now.getTime() - USE_MS).toISOString())
      writer.tokens.use(id, now).catch((error: unknown) => log.warn({ err: error }, "a token's use was not recorded"));
    const isStillIn = async (): Promise<boolean> => {
      const found = await reader.tokens.find(id);
      return found !== undefined && tokenState(found.token, new Date()) === "active";
    };
    return { token, caller: { id: `token ${id}`, name: `token ${name}`, scope, fraises, environments, isStillIn } };
  };
  return {
    async ofText(context, text) {
      const token = await tokenOf(text);
      if (token !== undefined) return admit(token);
      const isTooMany = await slowDown.wrong(senderOf(remoteAddress(context, trustedProxies())));
      return isTooMany ? TOO_MANY : WRONG;
    },
    admit,
  };
}

/** Advice for a caller without a token that works. */
export const CREATE = "An operator makes a token with: fraisier token create.";

const WRONG: Problem = {
  status: 401,
  code: "token_unknown",
  title: "this is no token of this fraisier",
  hint: `Compare it with the one that was printed when it was made; it begins with frz_. ${CREATE}`,
  headers: { "www-authenticate": 'Bearer realm="fraisier", error="invalid_token"' },
};

const TOO_MANY: Problem = {
  status: 429,
  code: "too_many_wrong_tokens",
  title: "too many wrong tokens came from this address",
  hint: "Wait a minute. A right token works at once.",
  headers: { "retry-after": "60" },
};

function refused(code: string, title: string, at: string | undefined): Problem {
  return {
    status: 401,
    code,
    title: `${title} at ${at}`,
    hint: CREATE,
    headers: { "www-authenticate": `Bearer realm="fraisier", error="invalid_token", error_description="${title}"` },
  };
}
