import type { Context } from "hono";
import { senderOf } from "../../domain/addresses.ts";
import { tokenState } from "../../domain/api-token.ts";
import type { ApiToken } from "../../domain/api-token.ts";
import type { Log } from "../../log.ts";
import type { Store } from "../../store/store.ts";
import { isSameHash, readTokenText } from "../../tokens/token-text.ts";
import { remoteAddress } from "../remote-address.ts";
import type { Problem } from "./api-problem.ts";
import type { ApiEnv, Caller } from "./caller.ts";
import { createSlowDown } from "./slow-down.ts";

/** Finds out who is behind a request; gives a problem if the request may not come in. */
export type Door = (context: Context<ApiEnv>) => Promise<Caller | Problem>;

export interface TokenDoorParts {
  /** Finds tokens; a question does not wait for writes. */
  readonly reader: { readonly tokens: Pick<Store["tokens"], "find"> };
  /** Writes last uses. */
  readonly writer: { readonly tokens: Pick<Store["tokens"], "use"> };
  readonly trustedProxies: () => readonly string[];
  readonly log: Log;
}

/** The store writes a use down only if the last one is older than this: it need not be asked before. */
const USE_MS = 60_000;

/** The door of the public listener: a request needs a token, from wherever it comes. */
export function tokenDoor({ reader, writer, trustedProxies, log }: TokenDoorParts): Door {
  const slowDown = createSlowDown();
  const tokenOf = async (text: string): Promise<ApiToken | undefined> => {
    const claimed = readTokenText(text);
    const found = claimed === undefined ? undefined : await reader.tokens.find(claimed.id);
    return found !== undefined && claimed !== undefined && isSameHash(found.hash, claimed.hash)
      ? found.token
      : undefined;
  };
  return async (context) => {
    const header = context.req.header("authorization");
    if (header === undefined) return NO_TOKEN;
    const token = await tokenOf(/^bearer +(\S+)$/i.exec(header)?.[1] ?? "");
    if (token === undefined) {
      const isTooMany = await slowDown.wrong(senderOf(remoteAddress(context, trustedProxies())));
      return isTooMany ? TOO_MANY : WRONG;
    }
    const now = new Date();
    const { id, name, scope, fraises, environments, lastUsedAt = "" } = token;
    const state = tokenState(token, now);
    if (state === "revoked") return refused("token_revoked", `token ${name} was revoked`, token.revokedAt);
    if (state === "expired") return refused("token_expired", `token ${name} has expired`, token.expiresAt);
    if (lastUsedAt <= new Date(now.getTime() - USE_MS).toISOString())
      writer.tokens.use(id, now).catch((error: unknown) => log.warn({ err: error }, "a token's use was not recorded"));
    return { name: `token ${name}`, scope, fraises, environments };
  };
}

const CREATE = "An operator makes a token with: fraisier token create.";

const NO_TOKEN: Problem = {
  status: 401,
  code: "token_missing",
  title: "this needs a token",
  hint: `Send it as Authorization: Bearer frz_…. ${CREATE}`,
  headers: { "www-authenticate": 'Bearer realm="fraisier"' },
};

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
