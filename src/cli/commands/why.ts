import type { StoryDocument } from "../../answers/schemas/story-document.ts";
import { whyDelivery, whyDeployment, whyRevision, whyTarget } from "../../answers/stories/answer-why.ts";
import type { App } from "../../compose/app.ts";
import { UsageError } from "../../domain/errors.ts";
import { refuseEmpty } from "../../actions/refuse-empty.ts";
import type { Invocation } from "../command-entry.ts";
import { isTargetMeant } from "../deployments/named-deployment.ts";
import { resolveDeployment } from "../../actions/deployments/resolve-deployment.ts";
import { printStory } from "../print/print-story.ts";
import { targetFilter } from "../targets/target-filter.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { withApp } from "../../compose/with-store.ts";

export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  return await withApp(options.config, async (app) => {
    const story = (await isTargetMeant(app, args, options))
      ? await aboutTarget(app, args, options)
      : await aboutOne(app, args[0] ?? "");
    if (print.isJson) print.json(story);
    else printStory(story, print);
    return 0;
  });
}

async function aboutTarget(app: App, args: readonly string[], options: TargetOptions): Promise<StoryDocument> {
  const name = args.join("/");
  const story = await whyTarget(app, await targetFilter(app, args, options), name);
  if (story !== undefined) return story;
  throw new UsageError(`nothing is known of ${name}`, {
    hint: "No push has reached it yet: fraisier webhooks shows what arrived, fraisier list what is configured.",
  });
}

async function aboutOne(app: App, typed: string): Promise<StoryDocument> {
  refuseEmpty(typed, "delivery, deployment or revision", "fraisier webhooks and fraisier history list them.");
  const story = await storyOf(app, typed);
  if (story !== undefined) return story;
  throw new UsageError(`"${typed}" is no delivery, deployment or revision that fraisier remembers`, {
    hint: "fraisier webhooks and fraisier history list them; fraisier why <target> tells of a target.",
  });
}

async function storyOf(app: App, typed: string): Promise<StoryDocument | undefined> {
  const { store } = app;
  const deployment =
    typed === "last" ? await resolveDeployment(app, typed) : only(await store.deployments.find(typed), typed);
  if (deployment !== undefined) return await whyDeployment(app, deployment);
  const delivery = only(await store.deliveries.find(typed), typed);
  if (delivery !== undefined) return await whyDelivery(app, delivery);
  return /^[0-9a-f]{4,64}$/i.test(typed) ? await whyRevision(app, typed) : undefined;
}

/** The id that a person means, if it is the only one or typed as a whole. */
function only([first, ...others]: readonly string[], typed: string): string | undefined {
  return others.length === 0 || first === typed ? first : undefined;
}
