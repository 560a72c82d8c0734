import { createHash } from "node:crypto";
import type { Target } from "../config/config.ts";
import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { targetName } from "../domain/fraise.ts";
import { newId } from "../domain/id.ts";
import type { Git } from "../host/git.ts";
import { createRouter } from "../routing/route.ts";
import type { Store } from "../store/store.ts";
import type { SweptRef } from "../store/writes/record-sweep.ts";
import { findMissed } from "./find-missed.ts";

/** The targets that are fetched from one place: asked once for all of them. */
export interface Repository {
  /** Without credentials: `github acme/shop`. */
  readonly name: string;
  /** May hold credentials. */
  readonly cloneUrl: string;
  readonly targets: readonly Target[];
}

export interface SweepParts {
  readonly store: Pick<Store, "knownRefs" | "recordSweep">;
  readonly git: Pick<Git, "remoteRefs">;
  /** Where deliveries are decided and made durable: a sweep's go the same way. */
  readonly record: (delivery: IncomingDelivery) => Promise<RecordedDelivery>;
  /** What each repository answered last, by name: the same answer again costs neither a read nor a write. */
  readonly answers?: Map<string, string>;
}

/** Finds pushes of one repository whose webhook never came, and decides on them as if it had. Gives what was recorded. @throws StepFailed, HostUnavailable */
export async function sweepRepository(
  { store, git, record, answers }: SweepParts,
  { name, cloneUrl, targets }: Repository,
): Promise<readonly RecordedDelivery[]> {
  const sweptAt = new Date().toISOString();
  const remote = await git.remoteRefs(cloneUrl);
  const answer = createHash("sha256")
    .update(JSON.stringify([...remote]))
    .digest("hex");
  if (answers?.get(name) === answer) return [];
  const recorded: RecordedDelivery[] = [];
  const swept: SweptRef[] = [];
  for (const target of targets) {
    const missed = findMissed(target, remote, await store.knownRefs(target));
    const { fraise, environment, job } = target;
    swept.push(...missed.refs.map((each) => ({ fraise, environment, job, ...each })));
    if (missed.events.length === 0) continue;
    const proposals = createRouter([target])(target.subscription.forge, { name: "sweep", events: missed.events });
    recorded.push(await record(asDelivery(target, sweptAt, proposals)));
  }
  await store.recordSweep(name, "", swept);
  answers?.set(name, answer);
  return recorded;
}

/** One row a target: `why` tells the same story of it as of a webhook. */
function asDelivery(target: Target, sweptAt: string, proposals: IncomingDelivery["proposals"]): IncomingDelivery {
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

/** Targets by where they are fetched from. */
export function repositoriesOf(targets: readonly Target[]): readonly Repository[] {
  const groups = Map.groupBy(targets, (target) => target.clone_url.reveal());
  return [...groups].map(([cloneUrl, members]) => {
    const names = members.map(({ subscription }) => `${subscription.forge} ${subscription.repository}`);
    return {
      name: names[0] ?? targetName(members[0] ?? { fraise: "", environment: "", job: "" }),
      cloneUrl,
      targets: members,
    };
  });
}
