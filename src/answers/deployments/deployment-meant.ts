import { UsageError } from "../../domain/errors.ts";
import type { Store } from "../../store/store.ts";
import type { Within } from "../within.ts";
import { answerHistory } from "./answer-history.ts";

/**
 * The id of the deployment that somebody means by an id, the first letters of one, or `last`; undefined if there is no such deployment that the asker may know of.
 * @throws UsageError for the first letters of several.
 */
export async function deploymentMeant(store: Store, typed: string, within: Within): Promise<string | undefined> {
  if (typed === "last") return (await answerHistory(store, { targets: {}, limit: 1, within })).deployments[0]?.id;
  const found = await deploymentsMeant(store, typed, within);
  const [only, another] = found;
  if (only === typed || another === undefined) return only;
  throw new UsageError(`${typed} may be any of ${found.join(", ")}`, { hint: "Type more of it." });
}

/** The ids that begin with these letters, newest first, without those that the asker may not know of. */
export async function deploymentsMeant(store: Store, typed: string, within: Within): Promise<readonly string[]> {
  const ids = await store.deployments.find(typed);
  if (within === undefined) return ids;
  const details = await Promise.all(ids.map((id) => store.deployments.detail(id)));
  return details.flatMap((detail) => (detail !== undefined && within(detail.deployment) ? [detail.deployment.id] : []));
}
