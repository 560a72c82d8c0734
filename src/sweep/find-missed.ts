import type { ForgeEvent } from "../domain/event.ts";
import { parseRef } from "../domain/event.ts";
import type { Route } from "../domain/fraise.ts";
import { matcher } from "../routing/patterns.ts";
import type { KnownRefs } from "../store/reads/known-refs.ts";

export interface Missed {
  /** Pushes that no webhook told of. */
  readonly events: readonly Extract<ForgeEvent, { kind: "pushed" }>[];
  /** Refs that are dealt with once those are: full name and revision. */
  readonly refs: readonly { readonly ref: string; readonly revision: string }[];
}

/** Compares what a target wants and what is known with what its remote says. Pure. */
export function findMissed(
  { subscription }: Pick<Route, "subscription">,
  remote: ReadonlyMap<string, string>,
  known: KnownRefs,
): Missed {
  const wantsBranch = matcher(subscription.branches);
  const wantsTag = matcher(subscription.tags);
  const events: Missed["events"][number][] = [];
  const refs: Missed["refs"][number][] = [];
  for (const [full, revision] of remote) {
    const ref = parseRef(full);
    if (ref === undefined || !(ref.kind === "branch" ? wantsBranch(ref.name) : wantsTag(ref.name))) continue;
    const dealtWith = known.revisions.get(full) ?? [];
    if (dealtWith.includes(revision)) continue;
    refs.push({ ref: full, revision });
    // The first look at a target takes what is there for given: a new installation deploys by a push or by hand, not by itself.
    if (!known.isKnown) continue;
    events.push({
      kind: "pushed",
      repository: subscription.repository,
      ref,
      revision,
      forced: false,
      test: false,
      message: "",
      pusher: "a push without a webhook",
      paths: [],
      pathsComplete: false,
    });
  }
  return { events: newestTagOnly(events), refs };
}

/** Of several new tags one is meant, and the order of their pushes is not known: the highest version. */
function newestTagOnly(events: Missed["events"]): Missed["events"] {
  const byVersion = new Intl.Collator("en", { numeric: true });
  const tags = events.filter(({ ref }) => ref.kind === "tag");
  const newest = tags.toSorted((a, b) => byVersion.compare(a.ref.name, b.ref.name)).at(-1);
  return events.filter((event) => event.ref.kind === "branch" || event === newest);
}
