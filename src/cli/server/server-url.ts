import { UsageError } from "../../domain/errors.ts";

/**
 * The address of a server, without a slash at its end. http:// sends the token for everybody on the way to read, so it is for this machine alone.
 * @param what the place where the address stands, for errors: `FRAISIER_URL`. @throws UsageError
 */
export function serverUrl(typed: string, what: string): string {
  const url = URL.parse(typed);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${what} is no address of a server: ${typed}`, {
      hint: "An address is https://deploy.example.com.",
    });
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new UsageError(`${what} holds more than an address`, {
      hint: `Give ${url.origin} alone: the token is asked for, or stands in FRAISIER_TOKEN.`,
    });
  if (!/^\/*$/.test(url.pathname))
    throw new UsageError(`${what} has a path: ${url.pathname}`, {
      hint: `Give ${url.origin} alone: the API is below /api/v1 there.`,
    });
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    throw new UsageError(`${what} is ${url.origin}: http:// would show the token to everybody on the way`, {
      hint: "Put TLS in front of fraisier, and use https://: docs/reverse-proxy.md.",
    });
  return url.origin;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** A token as it stands in a file or variable, without the line break at its end. @throws UsageError */
export function tokenText(text: string, from: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]{1,500}$/.test(token)) return token;
  throw new UsageError(token === "" ? `there is no token in ${from}` : `${from} holds no token`, {
    hint: "A token is one word that begins with frz_; fraisier token create makes one on the server.",
  });
}
