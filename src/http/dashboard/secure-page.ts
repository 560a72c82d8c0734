import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../http-env.ts";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Sets the headers of every page: the browser runs only our own script, shows the page in no frame, and keeps it in no cache. */
export const securePage: MiddlewareHandler<HttpEnv> = async (context, next) => {
  context.header("content-security-policy", POLICY);
  context.header("x-content-type-options", "nosniff");
  context.header("x-frame-options", "DENY");
  // With `no-referrer`, browsers would hide the origin of our own forms from us.
  context.header("referrer-policy", "same-origin");
  context.header("cross-origin-opener-policy", "same-origin");
  context.header("cross-origin-resource-policy", "same-origin");
  context.header("cache-control", "no-store");
  context.header("vary", "Cookie, Accept-Encoding");
  return await next();
};
