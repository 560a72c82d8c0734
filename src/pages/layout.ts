import { assets } from "./assets/assets.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import type { Shown, Viewer } from "./page.ts";
import { formWord } from "./parts/form-word.ts";

/** The entries of the navigation. */
const SECTIONS = [
  { path: "/", name: "Board" },
  { path: "/deliveries", name: "Deliveries" },
  { path: "/statistics", name: "Statistics" },
  { path: "/locks", name: "Locks" },
] as const;

/** A page as a whole document. Without a viewer it has no navigation. */
export function layout({ title, section, main }: Shown, viewer: Viewer | undefined): Html {
  const { style, script, icon } = assets();
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · fraisier</title>
        <link rel="icon" href="${icon.path}" type="image/svg+xml" />
        <link rel="stylesheet" href="${style.path}" />
        ${
          viewer === undefined
            ? ""
            : html`<script src="${script.path}" defer></script>
                <noscript><meta http-equiv="refresh" content="60" /></noscript>`
        }
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="brand" href="/"><img src="${icon.path}" alt="" width="22" height="22" /><span>fraisier</span></a>
          ${viewer === undefined ? "" : navigation(section, viewer)}
        </header>
        <main id="main" tabindex="-1">${main}</main>
      </body>
    </html> `;
}

function navigation(section: string, viewer: Viewer): Html {
  return html`<nav aria-label="Sections">
      <ul>
        ${SECTIONS.map(
          ({ path, name }) =>
            html`<li><a href="${path}" ${name === section ? html`aria-current="page"` : ""}>${name}</a></li>`,
        )}
      </ul>
    </nav>
    <div class="who">
      <span id="live" class="live" role="status" hidden></span
      ><span class="name"><bdi>${viewer.name}</bdi> <span class="scope">${viewer.scope}</span></span>
      <form method="post" action="/sign-out">
        ${formWord(viewer)}<button class="quiet" type="submit">Sign out</button>
      </form>
    </div>`;
}
