/** A commit message is kept to a length that a table can show. */
export const MAX_MESSAGE = 2_000;

/** An HTTP request from a forge, as it came. */
export interface Delivery {
  /** Header names in lower case; several of one name joined by `, ` as HTTP does. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw bytes: signatures are over these, never over a decoded string. */
  readonly body: Uint8Array;
}

/** Everything fraisier understands from one verified delivery: several events for forges that report several refs at once. */
export interface Reading {
  /** The forge's own word for it, for people: `push`, `Tag Push Hook`, `repo:refs_changed`. */
  readonly name: string;
  readonly events: readonly ForgeEvent[];
}

/** The meaning of a verified delivery. */
export type ForgeEvent = RefPushed | RefDeleted | RefsUnlisted | Ignored;

/** A branch or tag now points somewhere. */
export interface RefPushed {
  readonly kind: "pushed";
  /** As the forge writes it now: `owner/name`. */
  readonly repository: string;
  readonly ref: Ref;
  /**
   * A full hash. For tags it may be the tag object and not the commit (forges differ): the runner peels it.
   * 40 or 64 lower-case hex digits.
   */
  readonly revision: string;
  /** The revision that the ref pointed to before, when the forge says so and it existed. */
  readonly previous?: string;
  readonly forced: boolean;
  /** The "test" button of Gitea and GitLab: a real-looking push that moves nothing. */
  readonly test: boolean;
  /** The message of the commit at the tip; `""` where the forge sent none. */
  readonly message: string;
  /** The person who pushed, for people; `""` if unknown. Never trusted. */
  readonly pusher: string;
  /** Paths the delivery names. Complete only if `pathsComplete`: forges cut the list of commits. */
  readonly paths: readonly string[];
  /** True when `paths` surely holds every path of the push, so that a filter may reject on it. */
  readonly pathsComplete: boolean;
}

interface RefDeleted {
  readonly kind: "deleted";
  readonly repository: string;
  readonly ref: Ref;
}

/** Something was pushed to the repository, but the delivery does not say what: the repository must be asked. */
interface RefsUnlisted {
  readonly kind: "unlisted";
  readonly repository: string;
  /** A sentence for people: why the delivery does not say it. */
  readonly reason: string;
}

/** Authentic, understood, and nothing to deploy: a ping, a pull request, a comment. */
export interface Ignored {
  readonly kind: "ignored";
  /** `""` where the event belongs to no repository. */
  readonly repository: string;
  /** A sentence for people. */
  readonly reason: string;
}

export interface Ref {
  readonly kind: "branch" | "tag";
  /** Short and exact: `feature/x`, `v1.2`, and `refs/heads/x` for a branch that is really called so. */
  readonly name: string;
}

/** A ref as rows hold it, in two columns; undefined where either is empty. */
export function refOf(kind: Ref["kind"] | null, name: string | null): Ref | undefined {
  return kind === null || name === null ? undefined : { kind, name };
}

/** `refs/heads/main`, `refs/tags/v1`. */
export function fullRef(ref: Ref): string {
  return `${ref.kind === "branch" ? "refs/heads/" : "refs/tags/"}${ref.name}`;
}

/** Splits a full ref; undefined for refs that are neither branch nor tag (`refs/pull/…`, `refs/notes/…`). */
export function parseRef(full: string): Ref | undefined {
  if (full.startsWith("refs/heads/") && full.length > 11) return { kind: "branch", name: full.slice(11) };
  if (full.startsWith("refs/tags/") && full.length > 10) return { kind: "tag", name: full.slice(10) };
  return undefined;
}

/** A zero hash says "no object": 40 zeros, or 64 in SHA-256 repositories. */
export function isZeroRevision(revision: string): boolean {
  return /^0+$/.test(revision);
}

/** 40 or 64 lower-case hex digits and not zero. */
export function isRevision(text: unknown): text is string {
  return typeof text === "string" && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text) && !isZeroRevision(text);
}

/** Marks a ping of `fraisier doctor` for the daemon. It proves nothing: the signature does. */
export const DOCTOR_HEADER = "x-fraisier-doctor";
