import type { Fields } from "../config/keys/fields.ts";
import type { Around, CheckContext } from "./check.ts";

/** The keys `path` (of the base URL) and `url` (on its own): where a check begins. */
export function pageUrl({ text, means }: Fields) {
  return {
    path: text
      .refine((path) => path.startsWith("/"), 'a path starts with "/"')
      .optional()
      .meta(means("The page on this target, below `verify.base_url`", "`/`, unless there is a `url`")),
    url: text
      .refine(
        (url) => /^https?:\/\/[^/]/i.test(url),
        "a URL starts with http:// or https://; for one of this target say `path`",
      )
      .optional()
      .describe("The page, as a whole URL, instead of `path`"),
  };
}

interface PageUrl {
  readonly path?: string | undefined;
  readonly url?: string | undefined;
}

/** Says which setting is missing to know the page. */
export function pageUrlComplaint({ path, url }: PageUrl, { hasBaseUrl }: Around): string | undefined {
  if (path !== undefined && url !== undefined) return "say `path` or `url`, not both";
  if (url === undefined && !hasBaseUrl)
    return "needs verify.base_url, or a health_check with a URL, to know where `path` is";
  return undefined;
}

/** `/health`, or the whole URL but for a password in it. */
export function shownPage({ path, url }: PageUrl): string {
  return url?.replace(/^(https?:\/\/)[^/@]*@/i, "$1") ?? path ?? "/";
}

export function resolvePage({ path, url }: PageUrl, { baseUrl }: CheckContext): URL {
  return new URL(url ?? `${(baseUrl ?? "").replace(/\/$/, "")}${path ?? "/"}`);
}
