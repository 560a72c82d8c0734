import { html } from "hono/html";

export { html };

/** A part of a page. The template escapes every value, so that a stranger's text stays text. */
export type Html = ReturnType<typeof html>;
