import { isIP } from "node:net";
import type { Context } from "hono";

/** Whether a request names this machine by a loopback name, such as `localhost`. Browsers treat such a connection as safe without TLS, and no authority issues a certificate for such a name. */
export function isLoopback(context: Pick<Context, "req">): boolean {
  const name = urlOf(`http://${context.req.header("host") ?? ""}`)?.hostname ?? "";
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "[::1]" ||
    (isIP(name) === 4 && name.startsWith("127."))
  );
}

/** Why a form was not sent by a page of this dashboard; undefined if it was. Browsers send the origin with every form. */
export function foreignOrigin(
  context: Pick<Context, "req">,
): { readonly title: string; readonly hint: string } | undefined {
  const [given = "", site] = [context.req.header("origin"), context.req.header("sec-fetch-site")];
  const origin = urlOf(given);
  const host = context.req.header("host") ?? "";
  if (origin === undefined || (site !== undefined && site !== "same-origin"))
    return {
      title: "this form was not sent by a page of this dashboard",
      hint: "Open the dashboard and send it from there.",
    };
  const own = urlOf(`${origin.protocol}//${host}`);
  // Some proxies leave the port out. The browser itself says that the origin is ours.
  const isOwn =
    own !== undefined && (own.host === origin.host || (site === "same-origin" && own.hostname === origin.hostname));
  if (isOwn) return undefined;
  return {
    title: `this form was sent by a page of ${origin.host.slice(0, 200)}, and the dashboard was asked as ${host.slice(0, 200)}`,
    hint: "If both are this dashboard, the proxy must hand on the Host header: docs/reverse-proxy.md.",
  };
}

/** Whether a form came from another machine without TLS. The browser would not keep the cookie then, and others on the network could read the token. */
export function isUnprotected(context: Pick<Context, "req">): boolean {
  return urlOf(context.req.header("origin") ?? "")?.protocol === "http:" && !isLoopback(context);
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
