import type { Verdict } from "../../src/domain/decision.ts";
import type { DeploymentStatus, Trigger } from "../../src/domain/deployment.ts";
import { isByItself } from "../../src/domain/deployment.ts";
import { leadsTo } from "./commits.ts";
import type { Commit, RefName } from "./commits.ts";
import type { Push } from "./remote.ts";

/** One deployment as `fraisier history` shows it. */
export interface SeenDeployment {
  readonly id: string;
  readonly trigger: Trigger;
  readonly commit: Commit;
  readonly ref: string | undefined;
  readonly status: DeploymentStatus;
  readonly reason: string;
  readonly supersededBy: string | undefined;
  readonly waitsBecause: string | undefined;
  readonly retry: number;
  readonly retryOf: string | undefined;
  readonly notBefore: Date | undefined;
}

/** What there is to see after a step. */
export interface Seen {
  readonly now: Date;
  /** Oldest first. */
  readonly deployments: readonly SeenDeployment[];
  /** What `fraisier status` says that the target runs. */
  readonly recorded: Commit | undefined;
  /** What the host runs. */
  readonly runs: Commit | undefined;
  /** Runners that live. */
  readonly runners: number;
  /** A deployment is claimed and no runner has taken it up yet. */
  readonly isLaunching: boolean;
  readonly isRunningHeld: boolean;
  readonly daemonIsUp: boolean;
  readonly isLocked: boolean;
  readonly isFrozen: boolean;
  /** Whether the ref still leads to the commit at the remote. */
  holds(ref: RefName, commit: Commit): boolean;
  tip(ref: RefName): Commit | undefined;
}

/** What somebody wants the target to run. */
interface Wish {
  readonly what: string;
  readonly commit: Commit;
  /** Undefined if a person named the commit. */
  readonly push: Push | undefined;
  /** What takes care of it; undefined if it ran already. */
  readonly deployment: string | undefined;
  /** The deployment was there already, and ran. */
  readonly joined?: boolean;
  /** Why nothing more is due. */
  settled: string | undefined;
}

/** Something that fraisier must never do. */
class Violation extends Error {}

const OPEN: ReadonlySet<DeploymentStatus> = new Set(["queued", "running", "rolling_back"]);
const FAILED: ReadonlySet<DeploymentStatus> = new Set(["failed", "rolled_back", "rollback_failed"]);

/**
 * What must be true of one target's queue, whatever happens to it. It knows who wished for what, in which order, and what the world did to each deployment; it
 * does not know how fraisier decides. The newest wish that was accepted must run, wait, be done, or have ended for a reason that the model knows to be true.
 */
export class QueueModel {
  readonly #wishes: Wish[] = [];
  /** What takes care of each push, by its number. */
  readonly #caredFor = new Map<number, string>();
  /** Deployments that the world made fail, and whether what it did may pass. */
  readonly #failures = new Map<string, { passes: boolean; deaths: number }>();
  readonly #cancelled = new Set<string>();
  /** Commits that were tried and taken back, or gone back from. */
  readonly #bad = new Set<Commit>();
  /** What went live going forward, oldest first, and where in it the target is. */
  readonly #line: { readonly id: string; readonly commit: Commit }[] = [];
  #at = -1;
  #last: SeenDeployment | undefined;
  readonly #ended = new Set<string>();
  /** Pushes that reached fraisier in any way. */
  readonly #known: Push[] = [];
  /** The numbers of those whose webhook came. */
  readonly #delivered = new Set<number>();
  /** The numbers of those that a sweep found. */
  readonly #swept = new Set<number>();
  readonly #isKnownByBytes: boolean;

  /** @param isKnownByBytes the forge sends the same bytes again under another id or none: nobody can tell a redelivery from an equal push. */
  constructor(isKnownByBytes: boolean) {
    this.#isKnownByBytes = isKnownByBytes;
  }

  // What happens -------------------------------------------------------------------------------------------------------------

  /** A push reached fraisier, by a webhook, a replay or a sweep, and was answered. */
  answered(
    push: Push,
    by: "webhook" | "replay" | "sweep",
    { decision, reason, deployment }: Verdict,
    seen: Seen,
  ): void {
    const what = `push ${push.number} (${push.ref} to ${push.commit})`;
    const wrong = (why: string): never => {
      throw new Violation(`${what} was answered "${decision}: ${reason}", ${why}`);
    };
    const earlier = this.#caredFor.get(by === "sweep" ? push.number : this.#twinOf(push).number);
    const isNewest = this.#isNewestOfItsRef(push);
    const cameBefore = this.#delivered.has(push.number);
    this.#known.push(push);
    (by === "sweep" ? this.#swept : this.#delivered).add(push.number);
    const last = earlier === undefined ? undefined : lastOf(earlier, seen);
    const isCaredFor =
      last !== undefined && (OPEN.has(last.status) || (last.status === "succeeded" && !this.#bad.has(push.commit)));
    if (decision === "queued") {
      // Without an id, an old push that comes again looks like a newer one, and so does a webhook that comes after the sweep that found its push.
      if (
        cameBefore &&
        by !== "sweep" &&
        !this.#isKnownByBytes &&
        isCaredFor &&
        last.status === "succeeded" &&
        last.commit === push.commit &&
        isNewest
      )
        wrong(`though deployment ${last.id} has taken care of it`);
      this.#wish({ what, commit: push.commit, push, deployment, settled: undefined });
      if (deployment !== undefined) this.#caredFor.set(push.number, deployment);
      return;
    }
    // Its ref has moved on since.
    if (!isNewest) return;
    // It came again, and what it led to stands. The same deployment takes care of a push that looks the same.
    if (isCaredFor && decision === "redelivery") {
      if (earlier !== undefined) this.#caredFor.set(push.number, earlier);
      return;
    }
    if (decision === "held") {
      const isGoneBackFrom = seen.deployments.some(({ trigger, status }) => trigger === "rollback" && OPEN.has(status));
      if (!this.#bad.has(push.commit) && !isGoneBackFrom) wrong("and the commit was never taken back");
      return;
    }
    const named = seen.deployments.find(({ id }) => id === deployment);
    if (
      named !== undefined &&
      (named.status === "queued" || named.status === "running") &&
      named.commit === push.commit
    ) {
      this.#wish({ what, commit: push.commit, push, deployment, settled: undefined });
      this.#caredFor.set(push.number, named.id);
      return;
    }
    if (seen.recorded === push.commit && !seen.deployments.some(({ status }) => OPEN.has(status))) {
      this.#wish({ what, commit: push.commit, push, deployment: undefined, settled: undefined });
      if (deployment !== undefined) this.#caredFor.set(push.number, deployment);
      return;
    }
    // A newer push is on its way, or one that holds this commit.
    if (named !== undefined && OPEN.has(named.status) && named.ref !== push.ref && leadsTo(named.commit, push.commit))
      return;
    wrong("but it neither runs nor waits, and the target does not run it");
  }

  /** A person asked for a commit by `fraisier deploy`. */
  deployedByHand(commit: Commit, { decision, deployment }: Verdict, seen: Seen): void {
    const what = `the deployment of ${commit} by hand`;
    const named = seen.deployments.find(({ id }) => id === deployment);
    if (named?.status === "rolling_back") throw new Violation(`${what} joined ${named.id}, which is being taken back`);
    this.#wish({
      what,
      commit,
      push: undefined,
      deployment,
      joined: decision === "redelivery" && named?.status === "running",
      settled: undefined,
    });
  }

  /** A person went back by `fraisier rollback` without saying where to. */
  rolledBack(commit: Commit, deployment: string): void {
    const older = this.#line.slice(0, Math.max(0, this.#at));
    if (!older.some((each) => each.commit === commit))
      throw new Violation(`a rollback goes forward, from ${this.#line[this.#at]?.commit} to ${commit}`);
    this.#wish({ what: `the rollback to ${commit}`, commit, push: undefined, deployment, settled: undefined });
  }

  cancelled(deployment: string): void {
    this.#cancelled.add(deployment);
  }

  resumed(): void {
    this.#bad.clear();
  }

  /** The world let a deployment fail. */
  failed(deployment: string, how: "fails" | "finds the disk full" | "its runner dies" | "its runner is stopped"): void {
    const { deaths, passes } = this.#failures.get(deployment) ?? { deaths: 0, passes: true };
    if (how === "fails" || how === "finds the disk full")
      this.#failures.set(deployment, { passes: how !== "fails", deaths });
    else this.#failures.set(deployment, { passes, deaths: deaths + (how === "its runner dies" ? 1 : 0) });
  }

  // What must be true ----------------------------------------------------------------------------------------------------------

  /** @throws Violation */
  check(seen: Seen): void {
    this.#learnEnds(seen);
    const open = seen.deployments.filter(({ status }) => OPEN.has(status));
    const running = open.filter(({ status }) => status !== "queued");
    const [waiting, ...more] = open.filter(({ status }) => status === "queued");
    if (running.length > 1 || seen.runners > 1) throw new Violation("two deployments run at once");
    if (more.length > 0) throw new Violation("two deployments wait");
    for (const { id, commit, trigger, status } of running)
      if (status === "running" && isByItself({ trigger }) && this.#bad.has(commit))
        throw new Violation(`${commit} is held, and deployment ${id} of it runs, which nobody asked for`);
    if (running.length === 0 && seen.recorded !== seen.runs)
      throw new Violation(
        `status says that ${seen.recorded ?? "nothing"} runs, and the host runs ${seen.runs ?? "nothing"}`,
      );
    if (seen.daemonIsUp && running.length === 1 && seen.runners === 0 && !seen.isLaunching && !seen.isRunningHeld)
      throw new Violation(`nobody runs ${running[0]?.id}, and the daemon does not take it up`);
    if (seen.daemonIsUp && running.length === 0 && waiting !== undefined) checkWaiting(waiting, seen);
    for (const wish of this.#due(seen)) this.#account(wish, seen);
  }

  /** At the end, when everything that could go on has gone on. @throws Violation */
  checkRest(seen: Seen): void {
    this.check(seen);
    const open = seen.deployments.find(({ status }) => OPEN.has(status));
    if (open !== undefined) throw new Violation(`deployment ${open.id} is ${open.status} for ever`);
  }

  /** The newest wish. One that turned out to be needless falls away, and the wish whose place it took counts again. */
  *#due(seen: Seen): Generator<Wish> {
    for (;;) {
      const newest = this.#wishes.at(-1);
      if (newest === undefined) return;
      yield newest;
      if (newest.settled === undefined || !this.#wasNeedless(newest, seen)) return;
      this.#wishes.pop();
    }
  }

  #wasNeedless({ deployment }: Wish, seen: Seen): boolean {
    return deployment !== undefined && lastOf(deployment, seen)?.status === "skipped";
  }

  #account(wish: Wish, seen: Seen): void {
    const { what, commit, push, deployment } = wish;
    if (wish.settled !== undefined || seen.recorded === commit) return;
    if (
      seen.deployments.some((each) => OPEN.has(each.status) && each.status !== "rolling_back" && each.commit === commit)
    )
      return;
    const last = deployment === undefined ? undefined : lastOf(deployment, seen);
    // Judged as soon as it is skipped: the ref may move again.
    if (last?.status === "skipped" && this.#isNeedless(wish, seen)) {
      wish.settled = last.reason;
      return;
    }
    // The target runs what the ref points to now, or a commit of it that is ahead of the wish, or the ref has left the wish: better than what was wished for.
    if (push !== undefined && seen.recorded === seen.tip(push.ref)) return;
    if (push !== undefined && seen.recorded !== undefined && seen.holds(push.ref, seen.recorded)) {
      if (leadsTo(seen.recorded, commit) || !seen.holds(push.ref, commit)) return;
    }
    if (last === undefined) throw new Violation(`${what} was taken for done, and ${seen.recorded ?? "nothing"} runs`);
    if (OPEN.has(last.status)) return;
    // It is tried no more by itself: the target says that it is held.
    if (push !== undefined && this.#bad.has(commit)) {
      wish.settled = last.reason;
      return;
    }
    const lost = (why: string): never => {
      throw new Violation(`${what} is lost: ${why} (deployment ${last.id}: "${last.reason}")`);
    };
    if (last.reason === "") lost(`its deployment ended as ${last.status} without a reason, and ${seen.recorded} runs`);
    if (last.status === "cancelled" && !this.#cancelled.has(last.id) && !this.#bad.has(commit))
      lost("it was cancelled by nobody");
    if (last.status === "skipped") lost("it was skipped, and is still needed");
    if (FAILED.has(last.status)) {
      const failure = this.#failures.get(last.id);
      if (failure === undefined && !this.#cancelled.has(last.id)) lost("it failed, and nothing had gone wrong");
      const isTriedAgain =
        failure?.passes === true && failure.deaths < 4 && last.retry < RETRIES && last.trigger !== "rollback";
      // A retry is not queued over something newer.
      const isFollowed = seen.deployments.some(({ id }) => id > last.id);
      if (isTriedAgain && !isFollowed && !this.#cancelled.has(last.id))
        lost("what went wrong may pass, and it is not tried again");
    }
    wish.settled = last.reason;
  }

  /** Whether a push need not go live any more: it was pushed away, or what runs is ahead of it, or what will run. */
  #isNeedless({ commit, push, joined }: Wish, { recorded, deployments, holds, tip }: Seen): boolean {
    // A person's wish that joined a push's deployment shares the end of that one's retry.
    if (push === undefined) return joined === true;
    // An old push that came again, while its ref points elsewhere, wishes for nothing: what it replaced counts.
    const end = tip(push.ref);
    if (!this.#isNewestOfItsRef(push) && end !== commit) return true;
    // Its branch has gone on at the remote, and the webhook of that has not come: it brings what is newest, or a sweep does.
    if (end !== undefined && end !== commit && leadsTo(end, commit)) return true;
    const isOnItsWay = deployments.some(({ status, commit: other }) => OPEN.has(status) && leadsTo(other, commit));
    return !holds(push.ref, commit) || leadsTo(recorded, commit) || isOnItsWay;
  }

  #wish(wish: Wish): void {
    const newest = this.#wishes.at(-1);
    // The webhook of an older push of the same ref, late: the newer one is still what is wanted.
    const isLate =
      newest?.push !== undefined &&
      newest.settled === undefined &&
      newest.push.ref === wish.push?.ref &&
      newest.push.number > wish.push.number;
    if (!isLate) this.#wishes.push(wish);
  }

  /**
   * The push that this one looks like to everybody, for as long as the ref was not seen to move since. If a forge keeps ids, only a push that a sweep found
   * and whose webhook did not come may be it.
   */
  #twinOf(push: Push): Push {
    const index = this.#known.findLastIndex(
      ({ ref, previous, commit }) => ref === push.ref && previous === push.previous && commit === push.commit,
    );
    const twin = this.#known[index];
    if (twin === undefined) return push;
    // Without an id, an old push that came again after a newer one is the newer one to everybody: the order of arrival is all there is.
    const isMoved = this.#isKnownByBytes
      ? this.#known.slice(index + 1).some(({ ref, commit }) => ref === push.ref && commit !== push.commit)
      : !this.#isNewestOfItsRef(twin);
    if (isMoved) return push;
    const isUnseen = this.#swept.has(twin.number) && !this.#delivered.has(twin.number);
    return this.#isKnownByBytes || isUnseen ? twin : push;
  }

  #isNewestOfItsRef({ ref, number }: Push): boolean {
    return !this.#known.some((known) => known.ref === ref && known.number > number);
  }

  #learnEnds({ deployments }: Seen): void {
    for (const each of deployments) {
      if (OPEN.has(each.status) || this.#ended.has(each.id)) continue;
      this.#ended.add(each.id);
      if (each.status === "succeeded") this.#learnSuccess(each);
      else if (each.reason === "")
        throw new Violation(`deployment ${each.id} of ${each.commit} ended as ${each.status} without a reason`);
      const failure = this.#failures.get(each.id);
      const isBlamed = failure !== undefined && (!failure.passes || failure.deaths >= 4);
      if (
        (each.status === "rolled_back" || each.status === "rollback_failed") &&
        isBlamed &&
        !this.#cancelled.has(each.id)
      )
        this.#bad.add(each.commit);
    }
  }

  #learnSuccess(success: SeenDeployment): void {
    const before = this.#last;
    if (isByItself(success) && before?.commit === success.commit)
      throw new Violation(`${success.commit} succeeded twice: ${before.id} and ${success.id}`);
    this.#last = success;
    this.#bad.delete(success.commit);
    if (success.trigger === "rollback") {
      if (before !== undefined && before.commit !== success.commit) this.#bad.add(before.commit);
      // A second rollback to the same place, asked for before the first one had ended, goes no further.
      if (this.#line[this.#at]?.commit === success.commit) return;
      this.#at = this.#line.findLastIndex(({ commit }, index) => index < this.#at && commit === success.commit);
      return;
    }
    this.#line.push(success);
    this.#at = this.#line.length - 1;
  }
}

/** How often fraises.yaml of the model lets a deployment be tried again. */
const RETRIES = 1;

/** What waits though nothing runs must be held by something, and say so. */
function checkWaiting(
  { id, commit, trigger, waitsBecause, notBefore }: SeenDeployment,
  { isLocked, isFrozen, now }: Seen,
): void {
  const isHeld = isLocked || (isFrozen && trigger !== "rollback") || (notBefore !== undefined && notBefore > now);
  if (!isHeld)
    throw new Violation(
      `deployment ${id} of ${commit} waits, and nothing is in its way${waitsBecause === undefined ? "" : ` but "${waitsBecause}"`}`,
    );
  if (waitsBecause === undefined) throw new Violation(`deployment ${id} of ${commit} waits and does not say for what`);
}

/** How a deployment fared: what replaced it, and how that was tried again. */
function lastOf(id: string, { deployments }: Seen): SeenDeployment | undefined {
  let last = deployments.find((each) => each.id === id);
  for (let next = last; next !== undefined;) {
    last = next;
    const { id: at, supersededBy, retryOf } = last;
    next = deployments.find(
      (each) =>
        each.id === supersededBy || (supersededBy === undefined && each.retryOf === (retryOf ?? at) && each.id > at),
    );
  }
  return last;
}
