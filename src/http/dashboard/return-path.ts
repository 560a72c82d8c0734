/** Stands for this dashboard while an address is read. */
const SELF = "http://dashboard.invalid";

/** The page to show after signing in: a path of this dashboard, else the board. No address of another site gets through. */
export function returnPath(asked: string | undefined): string {
  if (asked?.startsWith("/") !== true || !URL.canParse(asked, SELF)) return "/";
  const url = new URL(asked, SELF);
  const path = `${url.pathname}${url.search}`;
  // Browsers read `//host` and `/\host` as another site.
  return url.origin === SELF && !/^\/[/\\]/.test(path) && !path.startsWith("/sign-") ? path : "/";
}
