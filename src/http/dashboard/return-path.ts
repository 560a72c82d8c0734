/** A placeholder for the address of this dashboard, against which paths are resolved. */
const SELF = "http://dashboard.invalid";

/** The page to show after signing in: a path of this dashboard, else the board. No address of another site gets through. */
export function returnPath(asked: string | undefined): string {
  if (asked?.startsWith("/") !== true || !URL.canParse(asked, SELF)) return "/";
  const url = new URL(asked, SELF);
  const path = `${url.pathname}${url.search}`;
  // A browser takes `//host` and `/\host` for the address of another site.
  return url.origin === SELF && !/^\/[/\\]/.test(path) && !path.startsWith("/sign-") ? path : "/";
}
