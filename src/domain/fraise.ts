/** The unit that is deployed, locked and shown: one fraise in one environment, and one of its jobs if it has jobs. */
export interface TargetKey {
  readonly fraise: string;
  readonly environment: string;
  /** `""` for a target without jobs: never null, so that it can be part of a key. */
  readonly job: string;
}

/** A target, and the hosts on which fraises.yaml places it. */
export interface PlacedTarget extends TargetKey {
  /** Undefined if fraises.yaml does not say it. */
  readonly hosts?: readonly string[] | undefined;
}

/** A target on one host: its own release, its own state, and at most one deployment that runs and one that waits. */
export interface Placement extends TargetKey {
  /** `""` in a store in a file, which serves one host. */
  readonly host: string;
}

/** `api/production`, or `reports/production/daily` for a job. */
export function targetName(key: TargetKey): string {
  return key.job === "" ? `${key.fraise}/${key.environment}` : `${key.fraise}/${key.environment}/${key.job}`;
}

/** `api/production`, or `api/production on web1` if hosts have names. */
export function placementName(place: Placement): string {
  return place.host === "" ? targetName(place) : `${targetName(place)} on ${place.host}`;
}

/** An environment whose database is emptied only by people who said so twice. */
export function isProduction(environment: string): boolean {
  return /^prod(uction)?$/i.test(environment);
}

/** The pushes that a target wants. Patterns are globs over short names; one that starts with `!` excludes. */
export interface Subscription {
  /** The forge that must have sent the delivery: its key below `git:`, `github` or a name of its own (`gitea-internal`). */
  readonly forge: string;
  /** The forge that it is a case of, if `forge` is a name of its own. */
  readonly provider?: string;
  /** As the forge writes it: `owner/name`, subgroups allowed; for the `git` forge the name the hook sends. */
  readonly repository: string;
  readonly branches: readonly string[];
  readonly tags: readonly string[];
  /** Path filters on the net diff of the push; empty: every path counts. */
  readonly paths: readonly string[];
}

/** The facts about a target that routing needs. */
export interface Route extends PlacedTarget {
  readonly subscription: Subscription;
}

/**
 * Under which repositories of one instance of a forge are compared. Forges do not tell repositories apart by case alone; a folder of bare
 * repositories may.
 * @param provider the forge itself, not the name of its instance.
 */
export function repositoryKey(provider: string, repository: string): string {
  return provider === "git" ? repository : repository.toLowerCase();
}
