import type { TargetState } from "../../domain/target-state.ts";
import type { HistoryDocument } from "../schemas/history-document.ts";

export type TimelineEntry = HistoryDocument["deployments"][number];

/** A stretch of time; one that goes on has no end. */
interface Stretch {
  readonly from: string;
  readonly until: string | null;
}

/** A revision that was live. */
interface LiveStretch extends Stretch {
  readonly deployment: string;
  readonly revision: string;
}

/** A hold: neither webhook nor sweep deployed what had been rolled back. */
interface HoldStretch extends Stretch {
  readonly reason: string;
}

/** The recent past of a target, as its page draws it. */
export interface Timeline {
  readonly since: string;
  readonly until: string;
  /** Oldest first. */
  readonly deployments: readonly TimelineEntry[];
  readonly live: readonly LiveStretch[];
  readonly holds: readonly HoldStretch[];
}

interface Facts {
  /** Deployments of one target, newest first. */
  readonly deployments: readonly TimelineEntry[];
  /** The deployments among them that were taken back for what their revision did. */
  readonly bad: ReadonlySet<string>;
  /** When people ended holds of the target. */
  readonly releases: readonly string[];
  readonly hold: TargetState["hold"];
  readonly now: Date;
}

const DAY_MS = 86_400_000;
/** For a target whose whole history is short. */
const YOUNG_MS = [10 * 60_000, DAY_MS / 24, DAY_MS / 4];
const WINDOWS_MS = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS, 365 * DAY_MS];
/** A window with fewer deployments than that gives way to the next larger one. */
const ENOUGH = 12;

/** The smallest usual window of time that has enough deployments to look at, with everything in it. Pure. */
export function timelineOf({ deployments, bad, releases, hold, now }: Facts): Timeline {
  const all = deployments.toReversed();
  const since = windowOf(all, now);
  const isShown = (until: string | null): boolean => until === null || until > since;
  return {
    since,
    until: now.toISOString(),
    deployments: all.filter((each) => isShown(each.finished_at)),
    live: liveStretches(all).filter(({ until }) => isShown(until)),
    holds: holdStretches({ all, bad, releases, hold }).filter(({ until }) => isShown(until)),
  };
}

function windowOf(all: readonly TimelineEntry[], now: Date): string {
  const from = (ms: number): string => new Date(now.getTime() - ms).toISOString();
  const wanted = Math.min(ENOUGH, all.length);
  const since = (ms: number): number => all.filter((each) => each.queued_at >= from(ms)).length;
  const fits = YOUNG_MS.find((ms) => since(ms) === all.length) ?? WINDOWS_MS.find((ms) => since(ms) >= wanted);
  return fits === undefined ? (all[0]?.queued_at ?? from(DAY_MS)) : from(fits);
}

/** Each success is live until the next one. */
function liveStretches(all: readonly TimelineEntry[]): readonly LiveStretch[] {
  const live = all
    .filter(({ status }) => status === "succeeded")
    .toSorted((a, b) => ((a.finished_at ?? "") < (b.finished_at ?? "") ? -1 : 1));
  return live.map(({ id, revision, finished_at: from }, index) => ({
    deployment: id,
    revision,
    from: from ?? "",
    until: live[index + 1]?.finished_at ?? null,
  }));
}

/** A hold begins with a rollback, and ends with a newer wish, a success or by hand. */
function holdStretches({
  all,
  bad,
  releases,
  hold,
}: Pick<Facts, "bad" | "releases" | "hold"> & { readonly all: readonly TimelineEntry[] }): readonly HoldStretch[] {
  const past = all.flatMap((each): readonly HoldStretch[] => {
    const from = each.finished_at;
    const isByHand = each.trigger === "rollback" && each.status === "succeeded";
    if (from === null || !(isByHand || bad.has(each.id))) return [];
    const others = all.filter(({ id }) => id !== each.id);
    // A target for which something newer waits already is not put on hold.
    if (others.some(({ queued_at: at, finished_at: end }) => at <= from && (end ?? "9") > from)) return [];
    const ends = [...others.map(({ queued_at: at }) => at), ...releases].filter((at) => at > from).toSorted();
    const reason = isByHand ? `rolled back by ${each.triggered_by}` : each.reason;
    return ends[0] === undefined ? [] : [{ from, until: ends[0], reason }];
  });
  const now = hold?.since === undefined ? [] : [{ from: hold.since, until: null, reason: hold.reason }];
  return [...past.filter(({ from }) => from !== hold?.since), ...now];
}
