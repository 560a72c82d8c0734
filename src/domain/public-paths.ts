/** Paths that answer nobody unless `server.public` names them. Webhooks and `/health` are open by themselves. */
export const CLOSED_PATHS = [
  "/metrics",
  "/providers",
  "/fraises",
  "/api/status/*",
  "/_deploy/health",
  "/_deploy/status",
] as const;

/** The words that `server.public` takes. */
export const PUBLIC_WORDS = [...CLOSED_PATHS, "/_deploy/*"] as const;

/** @param opened the words of `server.public`. */
export function isOpened(path: string, opened: readonly string[]): boolean {
  const asked = path.replace(/\/$/, "");
  return opened.some((word) => (word.endsWith("/*") ? asked.startsWith(word.slice(0, -1)) : word === asked));
}
