import { short } from "../../domain/decision.ts";
import { isByItself } from "../../domain/deployment.ts";
import { RevisionGone } from "../../domain/errors.ts";
import type { Ref } from "../../domain/event.ts";
import { fullRef } from "../../domain/event.ts";
import { matcher } from "../../routing/patterns.ts";
import { skipMarker } from "../../routing/skip-marker.ts";
import { bringRevision } from "./bring-revision.ts";
import { patiently } from "./patiently.ts";
import { refLeadsTo } from "./ref-leads-to.ts";
import type { StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

type Needs = "clock" | "git" | "refs" | "revise" | "running" | "skip";

/** Brings the exact revision into the mirror (or the checkout), and asks git what only git can know: is it still worth deploying? */
export const fetchSource: Step<Needs> = {
  name: "fetch-source",
  phase: "pulling_source",
  describe: ({ places }) => `Fetch the revision into ${places.mirror}`,
  async run(context) {
    const { deployment, log } = context;
    let gone: unknown;
    let isTip = false;
    const onTip = (): void => {
      isTip = true;
    };
    const revision = await patiently(context, () =>
      bringRevision(context, deployment, { onLine: log, onTip }).catch((error: unknown) => {
        if (!(error instanceof RevisionGone)) throw error;
        gone = error;
        return undefined;
      }),
    );
    if (revision === undefined) {
      if (isByItself(deployment) && gone instanceof RevisionGone) context.skip(`${gone.message}: it was pushed away`);
      throw gone;
    }
    if (revision !== deployment.revision) {
      log(`${deployment.ref?.name ?? "the tag"} names commit ${revision}`);
      await context.peel(revision);
    }
    if (isByItself(deployment)) {
      // The webhook of an annotated tag may name the tag only: now its commit is known, which may be held.
      const held = await context.heldBack(revision);
      if (held !== undefined) context.skip(held);
    }
    if (deployment.message === "") await learnMessage(context, revision);
    // A deployment that a person asks for by name is always made, forward or back.
    if (isByItself(deployment)) await skipWhatIsNotNeeded(context, revision, isTip);
  },
};

/** Sweeps know no more than a hash, and some forges send no message: git knows it, and with it whether the push is to be skipped. */
async function learnMessage(context: StepContext<"git" | "revise" | "skip">, revision: string): Promise<void> {
  const { deployment, places, host } = context;
  const message = (await host.git.message(places.mirror, revision)).trim();
  if (message !== "") await context.message(message);
  const marker = skipMarker(message);
  if (marker !== undefined && isByItself(deployment)) context.skip(`the commit message says ${marker}`);
}

/** @param isTip whether the fetch has just seen that the branch names the revision, which then is no late push. */
async function skipWhatIsNotNeeded(context: StepContext<Needs>, revision: string, isTip: boolean): Promise<void> {
  const { target, places, host, previousRevision, replaced } = context;
  /** An old push that came again wishes for nothing: what it replaced is wanted still. */
  const isWanted = async (): Promise<boolean> => {
    const { ref } = context.deployment;
    if (replaced.length === 0 || ref === undefined) return true;
    return (await host.git.remoteRevision(target.clone_url.reveal(), fullRef(ref))) === revision;
  };
  const newest = await newestOf(context, revision);
  if (newest !== revision)
    context.skip(`the pushes arrived in the wrong order: ${short(newest)} comes after ${short(revision)}`, {
      instead: newest,
    });
  if (previousRevision === undefined) return;
  if (previousRevision === revision) context.skip(`${short(revision)} already runs`, { isDone: await isWanted() });
  if (
    !isTip &&
    (await isOlder(context, revision, previousRevision)) &&
    !(await followsWayBack(context, revision, previousRevision))
  ) {
    context.skip(
      `${short(revision)} is older than ${short(previousRevision)}, which runs: going back is done by a rollback, not by a push`,
    );
  }
  const { paths } = target.subscription;
  if (paths.length === 0) return;
  const changed = await host.git.changedPaths(places.mirror, previousRevision, revision);
  if (changed !== undefined && !changed.some(matcher(paths))) {
    context.skip(`nothing between ${short(previousRevision)} and ${short(revision)} touches ${paths.join(", ")}`, {
      isDone: await isWanted(),
    });
  }
}

/**
 * Whether one of the pushes that this deployment replaced in the queue went back behind both: its branch still points there, and this revision lies ahead of
 * it. Had the queue taken each of them live, this one would have been a step forward.
 */
async function followsWayBack(
  context: StepContext<"git" | "refs">,
  revision: string,
  running: string,
): Promise<boolean> {
  const { target, places, host, replaced } = context;
  const isBehind = async (one: string, other: string): Promise<boolean> =>
    (await host.git.isAncestor(places.mirror, one, other)) === true;
  for (const other of replaced) {
    if (other.ref?.kind !== "branch" || other.revision === revision || !(await isHere(context, other))) continue;
    if (!(await isBehind(other.revision, revision)) || !(await isBehind(other.revision, running))) continue;
    if ((await host.git.remoteRevision(target.clone_url.reveal(), fullRef(other.ref))) === other.revision) return true;
  }
  return false;
}

/**
 * The newest of the revision and of those that its deployment replaced in the queue, as git knows their order. A tag is compared with those since the last wish that
 * overruled all before it: a person's choice of a revision by its hash, or a revision of another line of history. A branch is compared with all: its remote tells
 * whether the push is late.
 */
async function newestOf(context: StepContext<"git" | "refs">, revision: string): Promise<string> {
  const isTag = context.deployment.ref?.kind === "tag";
  let newest = revision;
  for (const other of context.replaced) {
    if (isTag && other.ref === undefined) break;
    if (other.revision === newest || !(await isHere(context, other))) continue;
    // A revision that was pushed away since is nothing to go forward to. A person's choice cannot be pushed away.
    const isWanted = async (): Promise<boolean> => other.ref === undefined || (await refLeadsTo(context, other));
    if (await isOlder(context, newest, other.revision)) {
      if (await isWanted()) newest = other.revision;
    } else if (isTag && (await isOfAnotherLine(context, other.revision, newest)) && (await isWanted())) {
      break;
    }
  }
  return newest;
}

/** Whether neither of two revisions contains the other one. */
async function isOfAnotherLine({ places, host }: StepContext<"git">, one: string, other: string): Promise<boolean> {
  const isBehind = async (a: string, b: string): Promise<boolean> =>
    (await host.git.isAncestor(places.mirror, a, b)) === true;
  return !(await isBehind(one, other)) && !(await isBehind(other, one));
}

/** Whether git can be asked about a revision, which is fetched where it did not come with the deployment's own: one of another tag did not. */
async function isHere(context: StepContext<"git">, other: StepContext<"refs">["replaced"][number]): Promise<boolean> {
  const { places, host } = context;
  if ((await host.git.isAncestor(places.mirror, other.revision, other.revision)) === true) return true;
  if (other.ref === undefined) return false;
  try {
    await bringRevision(context, other);
    return true;
  } catch (error) {
    if (error instanceof RevisionGone) return false;
    throw error;
  }
}

/**
 * Whether a revision lies behind another one and is not where its ref points now. A ref that was forced back is a new wish; a late or repeated push only
 * looks like one. The remote tells the two apart, whatever the delivery says: a recorded one can come again years later.
 */
async function isOlder(context: StepContext<"git" | "refs">, revision: string, than: string): Promise<boolean> {
  const { deployment, target, places, host } = context;
  if ((await host.git.isAncestor(places.mirror, revision, than)) !== true) return false;
  if (deployment.ref === undefined) return true;
  // A tag that was never moved points at its revision for ever, which says nothing of when it was pushed. To go back to it is a rollback.
  if (deployment.ref.kind === "tag" && !(deployment.forced && (await wasMoved(context, deployment.ref, revision))))
    return true;
  return (await host.git.remoteRevision(target.clone_url.reveal(), fullRef(deployment.ref))) !== revision;
}

/** Whether fraisier itself has known the tag at another revision: a delivery may claim that a tag was moved, and one of a real move can come again. */
async function wasMoved({ lastOfRef }: StepContext<"refs">, tag: Ref, to: string): Promise<boolean> {
  const last = await lastOfRef(tag, to);
  return last !== undefined && last !== to;
}
