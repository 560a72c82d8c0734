import { refuseEmpty } from "../../actions/refuse-empty.ts";
import { isMeant, nameIn } from "../../actions/targets/target-words.ts";
import { storyDocumentSchema } from "../../answers/schemas/story-document.ts";
import type { StoryDocument } from "../../answers/schemas/story-document.ts";
import type { ApiClient } from "./api-client.ts";
import { nothingKnownOf, notRemembered } from "./not-there.ts";
import type { Words } from "./command-server.ts";
import { isTargetThere, knownThere, unknownThere } from "./targets-there.ts";

/** The story that a daemon tells of a target, or of a delivery, a deployment or a revision. @throws UsageError if there is no story. */
export async function whyThere(client: ApiClient, words: Words): Promise<StoryDocument> {
  const { args, options } = words;
  const [typed = ""] = args;
  if (!(await isTargetThere(client, words))) {
    refuseEmpty(typed, "delivery, deployment or revision", "fraisier webhooks and fraisier history list them.");
    const story = await client.get("/why", { subject: typed }, storyDocumentSchema);
    if (story === undefined) throw notRemembered(typed);
    return story;
  }
  const named = nameIn(args, options);
  const story = await client.get("/why", { ...named }, storyDocumentSchema);
  if (story !== undefined) return story;
  if (named !== undefined && (await knownThere(client)).some((each) => isMeant(each, named)))
    throw nothingKnownOf(args.join("/"));
  return await unknownThere(client, words);
}
