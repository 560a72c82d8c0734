import type { Hono } from "hono";
import type { Verb } from "../../../actions/verb.ts";
import type { ApiEnv } from "../caller.ts";
import { docsPage } from "./docs-page.ts";

interface DocsParts {
  readonly version: string;
  readonly verbs: readonly Verb[];
}

const STYLES_PATH = "/docs.css";

/** `GET /docs`: the description of the API for people. @param base the path before those of the API. */
export function docsRoutes(api: Hono<ApiEnv>, { version, verbs }: DocsParts, base: string): void {
  api.get("/docs", async (context) => {
    context.header(
      "content-security-policy",
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    context.header("x-content-type-options", "nosniff");
    return context.html(await docsPage(version, verbs, `${base}${STYLES_PATH}`));
  });
  api.get(STYLES_PATH, (context) => context.body(STYLES, 200, { "content-type": "text/css; charset=utf-8" }));
}

const STYLES = `:root { color-scheme: light dark; --line: light-dark(#d5d2dc, #46424f); --faint: light-dark(#5b5666, #aaa5b6); --link: light-dark(#9c1137, #ff8fab); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#fff, #19171f); color: light-dark(#1e1b26, #eceaf2); }
h1 { line-height: 1.2; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin-bottom: 0.25rem; overflow-wrap: anywhere; }
h3 span { font-size: 0.8em; color: var(--faint); }
p { margin: 0.25rem 0; }
a { color: var(--link); }
nav a { display: inline-block; padding: 0.25rem 0.75rem 0.25rem 0; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
section { margin: 1.5rem 0; scroll-margin-top: 1rem; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; margin-top: 0.5rem; }
th, td { padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 600; }
@media (max-width: 40rem) { thead { position: absolute; clip-path: inset(50%); } tr { display: block; padding: 0.5rem 0; border-bottom: 1px solid var(--line); } td { display: block; padding: 0; border: 0; } }
`;
