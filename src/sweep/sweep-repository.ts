import { createHash } from "node:crypto";
import type { Target } from "../config/config.ts";
import { SWEPT_TOO_LATE } from "../domain/decision.ts";
import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { FraisierError } from "../domain/errors.ts";
import { fullRef } from "../domain/event.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { newId } from "../domain/id.ts";
import type { Git } from "../host/git.ts";
import { createRouter } from "../routing/route.ts";
import type { Store } from "../store/store.ts";
import type { SweptRef } from "../store/writes/record-sweep.ts";
import { findMissed } from "./find-missed.ts";

/** The facts about a target that a sweep needs. */
type SweptTarget = Pick<Target, keyof TargetKey | "subscription" | "clone_url">;

/** The targets that are fetched from one place: asked once for all of them. */
export interface Repository {
  /** Without credentials: `github acme/shop`. */
  readonly name: string;
  /** May hold credentials. */
  readonly cloneUrl: string;
  readonly targets: readonly SweptTarget[];
}

export interface SweepParts {
  readonly store: Pick<Store, "sweeps">;
  readonly git: Pick<Git, "remoteRefs">;
  /** Decides on a delivery and makes it durable: a sweep's goes the way of a webhook's. */
  readonly record: (delivery: IncomingDelivery) => Promise<RecordedDelivery>;
  /** The last answer of each repository, by clone URL: an equal answer costs neither a read nor a write. */
  readonly answers?: Map<string, string>;
}

/** The result of asking one repository. */
export interface Swept {
  /** The deliveries that stand for missed pushes, one for each target that missed any. */
  readonly recorded: readonly RecordedDelivery[];
  /** False if a target was given another deployment while the repository was asked: only the next answer tells which of the two is the newer wish. */
  readonly isSettled: boolean;
}

/** Finds refs of one repository that no deployment knows of, and decides on them as on pushes. @throws StepFailed, HostUnavailable */
export async function sweepRepository(
  { store, git, record, answers }: SweepParts,
  { name, cloneUrl, targets }: Repository,
): Promise<Swept> {
  const sweptAt = new Date().toISOString();
  const remote = await git.remoteRefs(cloneUrl);
  const answer = createHash("sha256")
    .update(JSON.stringify([...remote]))
    .digest("hex");
  if (answers?.get(cloneUrl) === answer) return { recorded: [], isSettled: true };
  const recorded: RecordedDelivery[] = [];
  const swept: SweptRef[] = [];
  let isSettled = true;
  for (const target of targets) {
    const missed = findMissed(target, remote, await store.sweeps.knownRefs(target));
    const { fraise, environment, job } = target;
    const late = new Set<string>();
    if (missed.events.length > 0) {
      const proposals = createRouter([target])(target.subscription.forge, { name: "sweep", events: missed.events });
      const delivery = await record(asDelivery(target, sweptAt, proposals));
      recorded.push(delivery);
      for (const [index, { reason }] of delivery.decisions.entries()) {
        const event = missed.events[index];
        if (reason === SWEPT_TOO_LATE && event !== undefined) late.add(fullRef(event.ref));
      }
    }
    if (late.size > 0) isSettled = false;
    const dealtWith = missed.refs.filter(({ ref }) => !late.has(ref));
    // The row without a ref says that this target has been looked at, whatever there was.
    swept.push(...[{ ref: "", revision: "" }, ...dealtWith].map((each) => ({ fraise, environment, job, ...each })));
  }
  await store.sweeps.record(name, "", swept);
  // A wish that came too late is looked at again.
  if (isSettled) answers?.set(cloneUrl, answer);
  return { recorded, isSettled };
}

/** Each target has a row: `why` tells the same story of it as of a webhook. */
function asDelivery(target: SweptTarget, sweptAt: string, proposals: IncomingDelivery["proposals"]): IncomingDelivery {
  return {
    id: newId(),
    receivedAt: new Date().toISOString(),
    forge: target.subscription.forge,
    deliveryId: undefined,
    eventName: "sweep",
    repository: target.subscription.repository,
    remoteAddress: "",
    headers: "{}",
    body: undefined,
    bodyBytes: 0,
    bodySha256: undefined,
    verified: true,
    httpStatus: 200,
    proposals,
    sweptAt,
  };
}

/** Targets by where they are fetched from; without those whose clone URL names a secret that is missing. */
export function repositoriesOf(targets: readonly SweptTarget[]): readonly Repository[] {
  const groups = Map.groupBy(targets, cloneUrlOf);
  const names = new Map<string, number>();
  return [...groups].flatMap(([cloneUrl, members]) => {
    if (cloneUrl === undefined) return [];
    const [first] = members;
    const name = `${first?.subscription.forge} ${first?.subscription.repository}`;
    // A repository by https and by ssh counts twice: two places to ask, and two records.
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    return [{ name: count === 1 ? name : `${name} (${count})`, cloneUrl, targets: members }];
  });
}

function cloneUrlOf({ clone_url: url }: SweptTarget): string | undefined {
  try {
    return url.reveal();
  } catch (error) {
    if (error instanceof FraisierError) return undefined;
    throw error;
  }
}
