import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An answer of the API that is an error, as RFC 9457 has it. `code` is stable once released. */
export interface Problem {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  /** A sentence that says what happened. */
  readonly title: string;
  /** Advice for the caller. */
  readonly hint: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function apiProblem(context: Context, { status, code, title, hint, headers = {} }: Problem): Response {
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  return context.body(JSON.stringify({ type: `urn:fraisier:problem:${code}`, title, status, code, hint }), status, {
    "content-type": "application/problem+json",
  });
}
