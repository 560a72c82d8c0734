import type { Context, Handler, Hono } from "hono";
import { compress } from "hono/compress";
import type { Sources } from "../../answers/sources.ts";
import { withinReach } from "../../answers/within-reach.ts";
import { redactError } from "../../domain/errors.ts";
import type { Forge } from "../../forges/forge.ts";
import { assets } from "../../pages/assets/assets.ts";
import { layout } from "../../pages/layout.ts";
import type { AskedPage, Shown, Viewer } from "../../pages/page.ts";
import { pages } from "../../pages/pages.ts";
import { problemPage } from "../../pages/problem-page.ts";
import { isFormWord, newFormWord } from "../../tokens/session-text.ts";
import { problemOf } from "../api/problem-of.ts";
import type { HttpEnv } from "../http-env.ts";
import { doAct } from "./do-act.ts";
import type { ActParts } from "./do-act.ts";
import { formOf } from "./form-of.ts";
import { foreignOrigin } from "./own-origin.ts";
import { securePage } from "./secure-page.ts";
import type { SignedIn } from "./sessions.ts";
import { signInRoutes } from "./sign-in-routes.ts";
import type { SignInParts } from "./sign-in-routes.ts";

export interface DashboardParts extends SignInParts, ActParts {
  /** The settings in force and the record. */
  readonly sources: () => Promise<Sources>;
  readonly forges: readonly Forge[];
}

/** The pages for people. Without a session each of them leads to the sign-in page. */
export function dashboardRoutes(app: Hono<HttpEnv>, parts: DashboardParts): void {
  assetRoutes(app);
  signInRoutes(app, parts);
  const signedIn =
    (handle: (context: Context<HttpEnv>, who: SignedIn) => Promise<Response>): Handler<HttpEnv> =>
    async (context) => {
      const who = await parts.sessions.of(context);
      return who === undefined ? context.redirect(signInPath(context), 303) : await handle(context, who);
    };
  for (const page of pages)
    app.get(
      page.path,
      securePage,
      compress(),
      signedIn(async (context, who) => {
        const asked = await askedBy(context, who, parts);
        const shown = await attempt(context, parts, async () => await page.show(asked));
        return await send(context, shown ?? problemPage(404, NOT_KNOWN), asked.viewer);
      }),
    );
  app.post(
    "/act/:verb",
    securePage,
    compress(),
    signedIn(async (context, who) => {
      const asked = await askedBy(context, who, parts);
      const form = await formOf(context, parts);
      const foreign = foreignForm(context, who, form);
      if (foreign !== undefined) return await send(context, problemPage(403, foreign), asked.viewer);
      const next = await doAct(parts, asked, form);
      if (typeof next === "string") return context.redirect(next, 303);
      return await send(context, next ?? problemPage(404, NOT_KNOWN), asked.viewer);
    }),
  );
  app.post(
    "/sign-out",
    securePage,
    signedIn(async (context, who) => {
      const foreign = foreignForm(context, who, await formOf(context, parts));
      if (foreign !== undefined)
        return await send(context, problemPage(403, foreign), (await askedBy(context, who, parts)).viewer);
      await parts.sessions.end(context);
      return context.redirect("/sign-in", 303);
    }),
  );
}

async function askedBy(context: Context, who: SignedIn, { sources, forges }: DashboardParts): Promise<AskedPage> {
  const viewer = { ...who.caller, formWord: newFormWord(who.text) };
  return {
    sources: await sources(),
    forges,
    path: context.req.param(),
    query: context.req.query(),
    within: withinReach(viewer),
    viewer,
    now: new Date(),
  };
}

/** The sign-in page, which leads back to the page that was asked for. */
function signInPath({ req }: Context): string {
  const { pathname, search } = new URL(req.url);
  const isBoard = pathname === "/" && search === "";
  if (isBoard || req.method !== "GET") return "/sign-in";
  return `/sign-in?${new URLSearchParams({ to: `${pathname}${search}` }).toString()}`;
}

/** Why a form cannot stem from a page of this session; undefined if it does. */
function foreignForm(
  context: Context,
  { text }: SignedIn,
  form: URLSearchParams,
): { readonly title: string; readonly hint: string } | undefined {
  return foreignOrigin(context) ?? (isFormWord(text, form.get("form_word") ?? "") ? undefined : STALE);
}

async function attempt(
  context: Context,
  { redact, log }: DashboardParts,
  show: () => Promise<Shown | undefined>,
): Promise<Shown | undefined> {
  try {
    return await show();
  } catch (error) {
    const { status, title, hint } = problemOf(redactError(error, redact));
    if (status >= 500) log.error({ err: error, path: context.req.path }, "a page of the dashboard failed");
    return problemPage(status === 422 || status === 503 ? status : 500, { title, hint });
  }
}

async function send(context: Context, shown: Shown, viewer: Viewer): Promise<Response> {
  const text = String(await layout(shown, viewer));
  // As bytes: a text is measured and encoded again by each layer that it goes through.
  return context.body(Buffer.from(text), shown.status ?? 200, { "content-type": "text/html; charset=UTF-8" });
}

function assetRoutes(app: Hono<HttpEnv>): void {
  for (const { path, type, text } of Object.values(assets()))
    app.get(path, compress(), (context) =>
      context.body(text, 200, {
        "content-type": type,
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
      }),
    );
}

const NOT_KNOWN = {
  title: "there is nothing here that you may know of",
  hint: "It may have another name, or your token may be for other targets.",
};

const STALE = {
  title: "this form is from an earlier session",
  hint: "Go back, load the page again, and send it once more. Nothing was done.",
};
