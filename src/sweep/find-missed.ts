import type { ForgeEvent } from "../domain/event.ts";
import { parseRef } from "../domain/event.ts";
import type { Route } from "../domain/fraise.ts";
import { matcher } from "../routing/patterns.ts";
import type { KnownRefs, SeenRef } from "../store/reads/known-refs.ts";

export interface Missed {
  /** Pushes that led to no deployment and that no sweep has decided on. */
  readonly events: readonly Extract<ForgeEvent, { kind: "pushed" }>[];
  /** Refs that are dealt with once those are: full name and revision. */
  readonly refs: readonly { readonly ref: string; readonly revision: string }[];
}

/**
 * Compares what a target wants and what is known with what its remote says. Pure. The first look at a target takes for given what it has never
 * deployed: a new installation deploys by a push or by hand, not by itself.
 */
export function findMissed(
  { subscription }: Pick<Route, "subscription">,
  remote: ReadonlyMap<string, string>,
  { deployed, swept, isSwept }: KnownRefs,
): Missed {
  const wantsBranch = matcher(subscription.branches);
  const wantsTag = matcher(subscription.tags);
  const wanted = [...remote].flatMap(([full, revision]) => {
    const ref = parseRef(full);
    if (ref === undefined || !(ref.kind === "branch" ? wantsBranch(ref.name) : wantsTag(ref.name))) return [];
    return [{ full, ref, revision }];
  });
  const highest = highestTag(wanted.flatMap(({ ref }) => (ref.kind === "tag" ? [ref.name] : [])));
  const events = wanted
    .filter(({ full, revision }) => !isDealtWith(revision, deployed.get(full), swept.get(full)))
    .filter(({ full }) => isSwept || deployed.has(full))
    // An older version that turns up beside a newer one is no wish to go back to it.
    .filter(({ ref }) => ref.kind === "branch" || ref.name === highest)
    .map(({ full, ref, revision }): Missed["events"][number] => ({
      kind: "pushed",
      repository: subscription.repository,
      ref,
      revision,
      ...lastKnown(deployed.get(full), swept.get(full)),
      forced: false,
      test: false,
      message: "",
      pusher: "a sweep",
      paths: [],
      pathsComplete: false,
    }));
  const refs = wanted.filter(({ full, revision }) => swept.get(full)?.revision !== revision);
  return { events, refs: refs.map(({ full, revision }) => ({ ref: full, revision })) };
}

/** The revision at which fraisier knew the ref last. The webhook of the push names the same one if it comes late. */
function lastKnown(
  deployed: SeenRef | undefined,
  swept: SeenRef | undefined,
): Pick<Missed["events"][number], "previous"> {
  const last = deployed === undefined || (swept !== undefined && deployed.at <= swept.at) ? swept : deployed;
  return last === undefined ? {} : { previous: last.revision };
}

/** A ref that a sweep has seen counts for as long as nothing was pushed since: a ref may be forced back to it. */
function isDealtWith(revision: string, deployed: SeenRef | undefined, swept: SeenRef | undefined): boolean {
  if (deployed?.revision === revision) return true;
  return swept?.revision === revision && (deployed === undefined || deployed.at <= swept.at);
}

/** By version numbers in the names: `v10` is higher than `v9`. */
function highestTag(names: readonly string[]): string | undefined {
  const byVersion = new Intl.Collator("en", { numeric: true });
  return names.toSorted((a, b) => byVersion.compare(a, b)).at(-1);
}
