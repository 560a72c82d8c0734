import { openApp } from "../../compose/app.ts";
import type { App } from "../../compose/app.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Trouble } from "../../domain/trouble.ts";
import type { Invocation } from "../command-entry.ts";
import { troublesOf } from "../../answers/daemon/daemon-view.ts";
import { livingDaemon } from "../../answers/daemon/living-daemon.ts";
import { lookAtHost } from "../../answers/targets/look-at-host.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import { refuseEmpty } from "../arguments/refuse-empty.ts";
import { isTargetMeant } from "../deployments/named-deployment.ts";
import { resolveDeployment } from "../deployments/resolve-deployment.ts";
import { deliveryStory } from "../../answers/stories/delivery-story.ts";
import { deploymentStory } from "../../answers/stories/deployment-story.ts";
import type { Sentence } from "../../answers/stories/sentence.ts";
import { targetStory } from "../../answers/stories/target-story.ts";
import { targetFilter } from "../targets/target-filter.ts";
import type { TargetOptions } from "../targets/target-words.ts";
import { isMeant } from "../targets/target-words.ts";

interface Chapter {
  readonly about: "delivery" | "deployment" | "target";
  readonly id: string;
  readonly story: readonly Sentence[];
}

/** Superseded deployments are followed to their end, and no further. */
const MAX_CHAPTERS = 30;
/** How many actions of people a target's story tells. */
const LAST_ACTIONS = 5;
/** So many deployments are searched for an earlier release of a revision. */
const ACTIONS_SEARCHED = 50;

export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const app = await openApp(options.config);
  try {
    const chapters = (await isTargetMeant(app, args, options))
      ? await aboutTarget(app, args, options)
      : await aboutOne(app, args[0] ?? "");
    if (print.isJson) print.json({ chapters });
    else tell(chapters, print);
    return 0;
  } finally {
    await app.store.close();
  }
}

async function aboutTarget(app: App, args: readonly string[], options: TargetOptions): Promise<readonly Chapter[]> {
  const { config, store } = app;
  const filter = await targetFilter(app, args, options);
  const rows = await store.targets.status(filter);
  const waits = await waitsOf(store, config, filter);
  const chapters: Chapter[] = [];
  for (const recorded of rows) {
    const target = config.targets.find((each) => targetName(each) === targetName(recorded));
    const row = target === undefined ? recorded : await lookAtHost(target, recorded, app);
    const story = targetStory(row, await store.targets.actions(row, LAST_ACTIONS), config.deployment.stuck_after);
    const missing = waits.filter(({ subject }) => subject === targetName(row)).map(({ message: says }) => ({ says }));
    chapters.push({ about: "target", id: args.join("/"), story: [...story, ...missing] });
    const ids = new Set([row.last?.id, row.running?.id, row.waiting?.id].filter((id) => id !== undefined));
    for (const id of [...ids].toSorted()) chapters.push(...(await chain(app, id)));
  }
  if (chapters.length > 0) return chapters;
  if (waits.length > 0)
    return [{ about: "target", id: args.join("/"), story: waits.map(({ message: says }) => ({ says })) }];
  throw new UsageError(`nothing is known of ${args.join("/")}`, {
    hint: "No push has reached it yet: fraisier webhooks shows what arrived, fraisier list what is configured.",
  });
}

/** The reasons why deployments of these targets wait, as the daemon sees them. */
async function waitsOf(
  store: App["store"],
  { targets }: App["config"],
  { fraise = "", ...more }: Partial<TargetKey>,
): Promise<readonly Trouble[]> {
  const wanted = new Set(targets.filter((each) => isMeant(each, { fraise, ...more })).map(targetName));
  return troublesOf(await livingDaemon(store)).filter(({ kind, subject }) => kind === "target" && wanted.has(subject));
}

async function aboutOne(app: App, typed: string): Promise<readonly Chapter[]> {
  const { store } = app;
  refuseEmpty(typed, "delivery, deployment or revision", "fraisier webhooks and fraisier history list them.");
  const [deployments, deliveries] = [await store.deployments.find(typed), await store.deliveries.find(typed)];
  const ids = typed === "last" ? [await resolveDeployment(app, typed)] : deployments;
  const [deployment, delivery] = [ids[0], deliveries[0]];
  if (deployment !== undefined && (ids.length === 1 || deployment === typed)) return await chain(app, deployment);
  if (delivery !== undefined && (deliveries.length === 1 || delivery === typed))
    return await fromDelivery(app, delivery);
  if (/^[0-9a-f]{4,64}$/i.test(typed)) {
    const found = await store.deployments.findRevision(typed.toLowerCase());
    const chapters = new Map<string, Chapter>();
    for (const id of found.deliveries.toReversed()) await addAll(chapters, await fromDelivery(app, id));
    for (const id of found.deployments.toReversed()) await addAll(chapters, await chain(app, id));
    if (chapters.size > 0) return [...chapters.values()].slice(0, MAX_CHAPTERS);
  }
  throw new UsageError(`"${typed}" is no delivery, deployment or revision that fraisier remembers`, {
    hint: "fraisier webhooks and fraisier history list them; fraisier why <target> tells of a target.",
  });
}

async function addAll(chapters: Map<string, Chapter>, more: readonly Chapter[]): Promise<void> {
  for (const each of more) if (!chapters.has(each.id)) chapters.set(each.id, each);
}

async function fromDelivery(app: App, id: string): Promise<readonly Chapter[]> {
  const detail = await app.store.deliveries.detail(id);
  if (detail === undefined) return [];
  const chapters: Chapter[] = [{ about: "delivery", id, story: deliveryStory(detail) }];
  for (const { deployment_id: deployment } of detail.decisions)
    if (deployment !== null && chapters.length < MAX_CHAPTERS) chapters.push(...(await followed(app, deployment)));
  return chapters.slice(0, MAX_CHAPTERS);
}

/** A deployment with the deliveries that asked for it before it, and what took its place after it. */
async function chain(app: App, id: string): Promise<readonly Chapter[]> {
  const chapters: Chapter[] = [];
  for (const delivery of await app.store.deliveries.of(id)) {
    const detail = await app.store.deliveries.detail(delivery);
    if (detail !== undefined) chapters.push({ about: "delivery", id: delivery, story: deliveryStory(detail) });
  }
  return [...chapters.slice(0, MAX_CHAPTERS), ...(await followed(app, id))];
}

async function followed(app: App, first: string): Promise<readonly Chapter[]> {
  const chapters: Chapter[] = [];
  for (let id: string | undefined = first; id !== undefined && chapters.length < MAX_CHAPTERS;) {
    const detail = await app.store.deployments.detail(id);
    if (detail === undefined) break;
    const [state] = await app.store.targets.status(targetOf(detail.deployment));
    const [rollbacks, actions] = [
      await app.store.deployments.rollbacks(id),
      await app.store.targets.actions(detail.deployment, ACTIONS_SEARCHED),
    ];
    chapters.push({
      about: "deployment",
      id,
      story: deploymentStory(detail, rollbacks, state, actions, app.config.deployment.stuck_after),
    });
    id = detail.deployment.supersededBy;
  }
  return chapters;
}

function targetOf({ fraise, environment, job }: { fraise: string; environment: string; job: string }) {
  return { fraise, environment, job };
}

function tell(chapters: readonly Chapter[], print: Print): void {
  for (const [index, { story }] of chapters.entries()) {
    if (index > 0) print.line();
    for (const { at, says, isAdvice } of story) {
      const time = print.style("dim", (at === undefined ? "" : at.slice(0, 19).replace("T", " ")).padEnd(19));
      print.line(`${time}  ${isAdvice === true ? print.style("cyan", `-> ${harmless(says)}`) : harmless(says)}`);
    }
  }
}
