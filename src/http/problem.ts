import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Short, as the post-receive hook waits for it while somebody pushes. */
const RETRY_AFTER_SECONDS = 2;
const PASSES_SOON: ReadonlySet<ContentfulStatusCode> = new Set([429, 503]);

/** An error as JSON, or as a line where the client asks for text: what happened, and what to do. */
export function problem(context: Context, status: ContentfulStatusCode, error: string, hint: string): Response {
  if (PASSES_SOON.has(status)) context.header("retry-after", String(RETRY_AFTER_SECONDS));
  if (wantsText(context)) return context.text(`${error}. ${hint}\n`, status);
  return context.json({ error, hint }, status);
}

/** The post-receive hook prints the answer as it is. */
export function wantsText(context: Context): boolean {
  return context.req.header("accept")?.startsWith("text/plain") === true;
}
