/** Each commit of the repository with its parent: a main line `c1`–`c4`, and a side line `d2`, `d3` that leaves it after `c1`. */
const PARENTS = { c1: undefined, c2: "c1", c3: "c2", c4: "c3", d2: "c1", d3: "d2" } as const;

export type Commit = keyof typeof PARENTS;

export const COMMITS = Object.keys(PARENTS) as readonly Commit[];

export type RefName = "main" | "v1" | "v2";

export const REF_NAMES: readonly RefName[] = ["main", "v1", "v2"];

/** The hash of a commit: its name, filled up with zeros, so that messages can be read. */
export function hashOf(commit: Commit): string {
  return commit.padEnd(40, "0");
}

export function commitOf(hash: string): Commit {
  const commit = COMMITS.find((each) => hashOf(each) === hash);
  if (commit === undefined) throw new Error(`no commit has the hash ${hash}`);
  return commit;
}

/** Whether `commit` is `tip` or one of its ancestors. */
export function leadsTo(tip: Commit | undefined, commit: Commit): boolean {
  for (let at = tip; at !== undefined; at = PARENTS[at]) if (at === commit) return true;
  return false;
}
