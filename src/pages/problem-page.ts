import { html } from "./html.ts";
import type { Shown } from "./page.ts";

/** A page that says what went wrong, and what helps. */
export function problemPage(
  status: NonNullable<Shown["status"]>,
  { title, hint }: { readonly title: string; readonly hint: string },
): Shown {
  return {
    title: "Problem",
    section: "",
    status,
    main: html`<div class="narrow">
      <h1>${title.charAt(0).toUpperCase()}${title.slice(1)}</h1>
      <p>${hint}</p>
      <p class="back"><a class="button" href="/">Back to the board</a></p>
    </div>`,
  };
}
