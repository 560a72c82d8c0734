import type { Git } from "../../src/host/git.ts";
import { commitOf, hashOf, leadsTo } from "./commits.ts";
import type { Commit, RefName } from "./commits.ts";

/** One `git push` of one ref, as the forge saw it. */
export interface Push {
  /** From 1, in the order in which the forge took them. */
  readonly number: number;
  readonly ref: RefName;
  readonly commit: Commit;
  readonly previous: Commit | undefined;
  readonly isForced: boolean;
}

/** The repository at the forge, in memory: where its refs point, and every push there was. */
export class Remote {
  readonly refs = new Map<RefName, Commit>();
  readonly pushes: Push[] = [];

  /** Undefined if the ref points there already: git has nothing to push then. */
  push(ref: RefName, commit: Commit): Push | undefined {
    const previous = this.refs.get(ref);
    if (previous === commit) return undefined;
    const isForced = previous !== undefined && (ref !== "main" || !leadsTo(commit, previous));
    const push = { number: this.pushes.length + 1, ref, commit, previous, isForced };
    this.refs.set(ref, commit);
    this.pushes.push(push);
    return push;
  }

  /** Whether the ref still leads to the commit: a branch contains it, a tag names it. */
  holds(ref: RefName, commit: Commit): boolean {
    const tip = this.refs.get(ref);
    return ref === "main" ? leadsTo(tip, commit) : tip === commit;
  }

  /** What steps and sweeps ask of git. A commit that was pushed away can still be fetched by its hash, as from most forges. */
  git(): Git {
    const at = (full: string): string | undefined => {
      const commit = this.refs.get(full.replace(/^refs\/(heads|tags)\//, "") as RefName);
      return commit === undefined ? undefined : hashOf(commit);
    };
    const asked: Partial<Git> = {
      fetchRevision: async ({ revision }) => revision,
      isAncestor: async (_mirror, ancestor, descendant) => leadsTo(commitOf(descendant), commitOf(ancestor)),
      changedPaths: async () => undefined,
      message: async (_mirror, revision) => `commit ${commitOf(revision)}`,
      remoteRevision: async (_url, ref) => at(ref),
      remoteRefs: async () =>
        new Map(
          [...this.refs].map(([name, commit]) => [
            name === "main" ? "refs/heads/main" : `refs/tags/${name}`,
            hashOf(commit),
          ]),
        ),
    };
    // Nothing else of git is asked for: a call of it would be a TypeError.
    return asked as Git;
  }
}
