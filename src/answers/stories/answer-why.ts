import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Trouble } from "../../domain/trouble.ts";
import type { Host } from "../../host/host.ts";
import type { DeliveryDetail } from "../../store/reads/delivery-detail.ts";
import { livingDaemon } from "../daemon/living-daemon.ts";
import type { Chapter, StoryDocument } from "../schemas/story-document.ts";
import type { Sources } from "../sources.ts";
import { lookAtHost } from "../targets/look-at-host.ts";
import { onlyWithin } from "../within.ts";
import type { Within } from "../within.ts";
import { deliveryStory } from "./delivery-story.ts";
import { deploymentStory } from "./deployment-story.ts";
import { targetStory } from "./target-story.ts";

/** The parts that stories are told from. */
export interface StorySources extends Sources {
  /** Undefined if the host is not to be asked: then the story tells what the daemon saw last. */
  readonly host: Host | undefined;
  readonly within?: Within;
}

/** Superseded deployments are followed to their end, and no further. */
const MAX_CHAPTERS = 30;
/** How many actions of people a target's story tells. */
const LAST_ACTIONS = 5;
/** So many deployments are searched for an earlier release of a revision. */
const ACTIONS_SEARCHED = 50;

/** The story of targets, each with those of its deployments; undefined if nothing is known of them. @param name the name by which a person asked. */
export async function whyTarget(
  sources: StorySources,
  targets: Partial<TargetKey>,
  name: string,
): Promise<StoryDocument | undefined> {
  const { config, store, host, within } = sources;
  const waits = await waitsOf(sources, targets);
  const chapters: Chapter[] = [];
  for (const recorded of onlyWithin(await store.targets.status(targets), within)) {
    const target = config.targets.find((each) => targetName(each) === targetName(recorded));
    const row =
      target === undefined || host === undefined ? recorded : await lookAtHost(target, recorded, { ...sources, host });
    const story = targetStory(row, await store.targets.actions(row, LAST_ACTIONS), config.deployment.stuck_after);
    const missing = waits.filter(({ subject }) => subject === targetName(row)).map(({ message: says }) => ({ says }));
    chapters.push({ about: "target", id: name, story: [...story, ...missing] });
    const ids = new Set([row.last?.id, row.running?.id, row.waiting?.id].filter((id) => id !== undefined));
    for (const id of [...ids].toSorted()) chapters.push(...(await chain(sources, id)));
  }
  if (chapters.length === 0 && waits.length > 0)
    chapters.push({ about: "target", id: name, story: waits.map(({ message: says }) => ({ says })) });
  return told(chapters);
}

/** The story of a deployment: the deliveries that asked for it before it, and what took its place after it. */
export async function whyDeployment(sources: StorySources, id: string): Promise<StoryDocument | undefined> {
  return told(await chain(sources, id));
}

/** The story of a delivery, with those of the deployments that it led to. */
export async function whyDelivery(sources: StorySources, id: string): Promise<StoryDocument | undefined> {
  return told(await fromDelivery(sources, id));
}

/** The stories of everything that speaks of a revision; undefined if nothing does. @param typed the beginning of its hash. */
export async function whyRevision(sources: StorySources, typed: string): Promise<StoryDocument | undefined> {
  const found = await sources.store.deployments.findRevision(typed.toLowerCase());
  const chapters = new Map<string, Chapter>();
  const add = (more: readonly Chapter[]): void => {
    for (const each of more) if (!chapters.has(each.id)) chapters.set(each.id, each);
  };
  for (const id of found.deliveries.toReversed()) add(await fromDelivery(sources, id));
  for (const id of found.deployments.toReversed()) add(await chain(sources, id));
  return told([...chapters.values()].slice(0, MAX_CHAPTERS));
}

function told(chapters: readonly Chapter[]): StoryDocument | undefined {
  return chapters.length === 0 ? undefined : { version: 1, chapters };
}

/** The reasons why deployments of these targets wait, as the daemon sees them. */
async function waitsOf(
  { config, store, within }: StorySources,
  { fraise, environment, job }: Partial<TargetKey>,
): Promise<readonly Trouble[]> {
  const meant = config.targets.filter(
    (each) =>
      (fraise ?? each.fraise) === each.fraise &&
      (environment ?? each.environment) === each.environment &&
      (job ?? each.job) === each.job,
  );
  const wanted = new Set(onlyWithin(meant, within).map(targetName));
  const troubles = (await livingDaemon(store))?.troubles ?? [];
  return troubles.filter(({ kind, subject }) => kind === "target" && wanted.has(subject));
}

async function fromDelivery(sources: StorySources, id: string): Promise<readonly Chapter[]> {
  const detail = await deliveryWithin(sources, id);
  if (detail === undefined) return [];
  const chapters: Chapter[] = [{ about: "delivery", id, story: deliveryStory(detail) }];
  for (const { deployment } of detail.decisions)
    if (deployment !== undefined && chapters.length < MAX_CHAPTERS)
      chapters.push(...(await followed(sources, deployment)));
  return chapters.slice(0, MAX_CHAPTERS);
}

/** A delivery with those of its decisions that the asker may know of; undefined if there are none. */
async function deliveryWithin({ store, within }: StorySources, id: string): Promise<DeliveryDetail | undefined> {
  const detail = await store.deliveries.detail(id);
  if (detail === undefined || within === undefined) return detail;
  const decisions = onlyWithin(detail.decisions, within);
  return decisions.length === 0 ? undefined : { ...detail, decisions };
}

async function chain(sources: StorySources, id: string): Promise<readonly Chapter[]> {
  const later = await followed(sources, id);
  if (later.length === 0) return [];
  const chapters: Chapter[] = [];
  for (const delivery of await sources.store.deliveries.of(id)) {
    const detail = await deliveryWithin(sources, delivery);
    if (detail !== undefined) chapters.push({ about: "delivery", id: delivery, story: deliveryStory(detail) });
  }
  return [...chapters.slice(0, MAX_CHAPTERS), ...later];
}

async function followed({ config, store, within }: StorySources, first: string): Promise<readonly Chapter[]> {
  const chapters: Chapter[] = [];
  for (let id: string | undefined = first; id !== undefined && chapters.length < MAX_CHAPTERS;) {
    const detail = await store.deployments.detail(id);
    if (detail === undefined || within?.(detail.deployment) === false) break;
    const { fraise, environment, job } = detail.deployment;
    const [state] = await store.targets.status({ fraise, environment, job });
    const [rollbacks, actions] = [
      await store.deployments.rollbacks(id),
      await store.targets.actions(detail.deployment, ACTIONS_SEARCHED),
    ];
    chapters.push({
      about: "deployment",
      id,
      story: deploymentStory({ detail, rollbacks, state, actions, stuckAfter: config.deployment.stuck_after }),
    });
    id = detail.deployment.supersededBy;
  }
  return chapters;
}
