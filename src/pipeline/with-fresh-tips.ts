import type { Git } from "../host/git.ts";
import type { Host } from "../host/host.ts";

/** Counted from the beginning of the fetch: a remote says what its refs name before it sends anything. */
const FRESH_MS = 3_000;

/**
 * A git that does not ask a remote again what a fetch has seen there a moment ago: that a branch names the revision that was fetched. Any other answer is
 * asked for each time, as a remote may be late.
 */
export function withFreshTips(git: Git, clock: Pick<Host["clock"], "monotonicMs">): Git {
  let seen:
    | { readonly cloneUrl: string; readonly ref: string; readonly revision: string; readonly atMs: number }
    | undefined;
  return {
    ...git,
    fetchRevision(options) {
      const { cloneUrl, ref, revision } = options;
      const atMs = clock.monotonicMs();
      return git.fetchRevision({
        ...options,
        onTip() {
          if (ref !== undefined) seen = { cloneUrl, ref, revision, atMs };
          options.onTip?.();
        },
      });
    },
    async remoteRevision(cloneUrl, ref) {
      const isKnown = seen?.cloneUrl === cloneUrl && seen.ref === ref && clock.monotonicMs() - seen.atMs < FRESH_MS;
      return isKnown ? seen?.revision : await git.remoteRevision(cloneUrl, ref);
    },
  };
}
