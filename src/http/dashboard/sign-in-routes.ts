import type { Context, Hono } from "hono";
import { layout } from "../../pages/layout.ts";
import { signInPage } from "../../pages/sign-in-page.ts";
import type { SignInProblem } from "../../pages/sign-in-page.ts";
import type { TokenCheck } from "../api/token-check.ts";
import type { HttpEnv } from "../http-env.ts";
import { formOf } from "./form-of.ts";
import type { FormParts } from "./form-of.ts";
import { foreignOrigin, isUnprotected } from "./own-origin.ts";
import { returnPath } from "./return-path.ts";
import { securePage } from "./secure-page.ts";
import type { Sessions } from "./sessions.ts";

export interface SignInParts extends FormParts {
  readonly sessions: Sessions;
  readonly tokens: Pick<TokenCheck, "ofText">;
}

/** Signing in with a token of the API, and signing out. */
export function signInRoutes(app: Hono<HttpEnv>, parts: SignInParts): void {
  const { sessions, tokens } = parts;
  const shown = async (
    context: Context<HttpEnv>,
    back: string,
    problem?: SignInProblem & { readonly status: 401 | 403 | 429 },
  ): Promise<Response> => context.html(await layout(signInPage(back, problem), undefined), problem?.status ?? 200);
  app.get("/sign-in", securePage, async (context) => {
    const back = returnPath(context.req.query("to"));
    return (await sessions.of(context)) === undefined ? await shown(context, back) : context.redirect(back, 303);
  });
  app.post("/sign-in", securePage, async (context) => {
    const form = await formOf(context, parts);
    const back = returnPath(form.get("to") ?? undefined);
    const foreign = foreignOrigin(context);
    if (foreign !== undefined) return await shown(context, back, { ...foreign, status: 403 });
    if (isUnprotected(context)) return await shown(context, back, UNPROTECTED);
    const found = await tokens.ofText(context, (form.get("token") ?? "").trim());
    if ("status" in found) return await shown(context, back, { ...found, status: found.status === 429 ? 429 : 401 });
    await sessions.begin(context, found);
    return context.redirect(back, 303);
  });
}

const UNPROTECTED = {
  status: 403,
  title: "this connection is not encrypted",
  hint: "Put a proxy with TLS in front of fraisier (docs/reverse-proxy.md), or reach it through a tunnel: ssh -L 8787:127.0.0.1:8787 host, and then http://localhost:8787/.",
} as const;
