/**
 * The address of a page of a forge. Repositories are named by strangers: no part of a path leaves its place, and nothing but http and https becomes a link.
 * @param repository with a slash between its parts. @param rest the parts of the path behind it.
 */
export function pageUrl(base: string, repository: string, rest: readonly string[]): string | undefined {
  const origin = URL.canParse(base) ? new URL(base) : undefined;
  if (origin?.protocol !== "https:" && origin?.protocol !== "http:") return undefined;
  const parts = [...repository.split("/"), ...rest];
  if (parts.some((part) => part === "" || part === "." || part === "..")) return undefined;
  // A password in the address belongs to git, not to a page.
  return `${origin.origin}${origin.pathname.replace(/\/$/, "")}/${parts.map(encodeURIComponent).join("/")}`;
}
