import type { Path } from "../file/locate.ts";

interface Explanation {
  readonly message: string;
  readonly severity: "error" | "warning";
}

/** Keys and types of the design that this version does not act on: silence would be a lie. */
const LATER = new Set(["notifications", "token"]);

/** Keys the Python fraisier knows, and how the same is said here. They do no harm: a warning each. */
const UPSTREAM: Readonly<Record<string, string>> = {
  server: "each delivery tells which Bitbucket it is (Cloud or Data Center)",
  git_repo: "say `clone_url`, and `layout: in_place` for an existing checkout",
  health_check_url: "say `health_check: { url: … }`",
  deploy_user: "say `user`",
  log_level: "set FRAISIER_LOG in the daemon's environment",
  nginx: "a proxy in front of fraisier is configured where it runs",
  scaffold: "unit files come with the service, not from here",
};

/** Why a key that is not ours is known all the same; undefined for any other. */
export function explainKey(path: Path): Explanation | undefined {
  const key = String(path.at(-1));
  if (LATER.has(key)) return { message: "this version of fraisier does not act on it yet", severity: "error" };
  const ours = Object.hasOwn(UPSTREAM, key) ? UPSTREAM[key] : undefined;
  return ours === undefined ? undefined : { message: `fraisier does not use it: ${ours}`, severity: "warning" };
}
