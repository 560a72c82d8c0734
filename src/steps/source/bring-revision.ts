import type { Deployment } from "../../domain/deployment.ts";
import { fullRef } from "../../domain/event.ts";
import type { StepContext } from "../capabilities.ts";

/** Hears what a fetch says. */
interface Told {
  /** git's progress, line by line. */
  onLine?(line: string): void;
  /** Called if the mirror's fetch has just seen that the branch names this very revision. */
  onTip?(): void;
}

/** Fetches a revision to where the target's history is: the mirror, or the checkout itself. Gives its commit. @throws RevisionGone */
export async function bringRevision(
  { target, places, host, signal }: Pick<StepContext<"git">, "target" | "places" | "host" | "signal">,
  { revision, ref }: Pick<Deployment, "revision" | "ref">,
  { onLine, onTip }: Told = {},
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
    : await host.git.fetchRevision({ ...options, mirror: places.mirror, ...(onTip === undefined ? {} : { onTip }) });
}
