import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An error as JSON, or as a line where the client asks for text: what happened, and what to do. */
export function problem(context: Context, status: ContentfulStatusCode, error: string, hint: string): Response {
  if (wantsText(context)) return context.text(`${error}. ${hint}\n`, status);
  return context.json({ error, hint }, status);
}

/** The post-receive hook prints the answer as it is. */
export function wantsText(context: Context): boolean {
  return context.req.header("accept")?.startsWith("text/plain") === true;
}
