import { html, raw } from "hono/html";

/** `raw` takes a text that `html` has made before: it escapes nothing. */
export { html, raw };

/** A part of a page. The template escapes every value, so that a stranger's text stays text. */
export type Html = ReturnType<typeof html>;
