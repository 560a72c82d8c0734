import { deploymentMeant, deploymentsMeant } from "../deployments/deployment-meant.ts";
import type { StoryDocument } from "../schemas/story-document.ts";
import type { StorySources } from "./answer-why.ts";
import { whyDelivery, whyDeployment, whyRevision } from "./answer-why.ts";

/** The story of a delivery, a deployment or a revision, by its id or hash, the beginning of one, or `last`; undefined if nothing on record is called so. */
export async function whySubject(sources: StorySources, typed: string): Promise<StoryDocument | undefined> {
  const { store, within } = sources;
  const deployment =
    typed === "last"
      ? await deploymentMeant(store, typed, within)
      : only(await deploymentsMeant(store, typed, within), typed);
  if (deployment !== undefined) return await whyDeployment(sources, deployment);
  const delivery = only(await store.deliveries.find(typed), typed);
  if (delivery !== undefined) return await whyDelivery(sources, delivery);
  return /^[0-9a-f]{4,64}$/i.test(typed) ? await whyRevision(sources, typed) : undefined;
}

/** The id that is meant, if it is the only one or typed as a whole. */
function only([first, ...others]: readonly string[], typed: string): string | undefined {
  return others.length === 0 || first === typed ? first : undefined;
}
