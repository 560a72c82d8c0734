import type { Deployment } from "../../domain/deployment.ts";
import { fullRef } from "../../domain/event.ts";
import type { StepContext } from "../capabilities.ts";

/** Fetches a revision to where the target's history is: the mirror, or the checkout itself. Gives its commit. @throws RevisionGone */
export async function bringRevision(
  { target, places, host, signal }: Pick<StepContext<"git">, "target" | "places" | "host" | "signal">,
  { revision, ref }: Pick<Deployment, "revision" | "ref">,
  onLine?: (line: string) => void,
): Promise<string> {
  const options = {
    cloneUrl: target.clone_url.reveal(),
    ref: ref === undefined ? undefined : fullRef(ref),
    revision,
    timeoutMs: target.settings.timeout,
    signal,
    ...(onLine === undefined ? {} : { onLine }),
  };
  return target.settings.layout === "in_place"
    ? await host.git.fetchIntoCheckout(places.app, options)
    : await host.git.fetchRevision({ ...options, mirror: places.mirror });
}
