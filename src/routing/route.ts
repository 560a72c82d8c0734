import type { Proposal } from "../domain/decision.ts";
import { short } from "../domain/decision.ts";
import type { ForgeEvent, Reading, Ref, RefPushed } from "../domain/event.ts";
import type { Route } from "../domain/fraise.ts";
import { repositoryKey } from "../domain/fraise.ts";
import { matcher } from "./patterns.ts";
import { skipMarker } from "./skip-marker.ts";

/**
 * Says which targets a delivery reaches, and why not the others. Pure, so that `fraisier route` can answer without deploying.
 * @param forge the name of the instance that it came from.
 */
export type Router = (forge: string, reading: Reading) => readonly Proposal[];

interface CompiledRoute {
  readonly target: Route;
  readonly wantsBranch: (name: string) => boolean;
  readonly wantsTag: (name: string) => boolean;
  /** Undefined: every path counts. */
  readonly wantsPath: ((path: string) => boolean) | undefined;
}

/** Compiles the patterns once. */
export function createRouter(routes: readonly Route[]): Router {
  const byForge = Map.groupBy(routes.map(compileRoute), ({ target }) => target.subscription.forge);
  const compiled = new Map([...byForge].map(([forge, all]) => [forge, routesOfForge(forge, all)]));
  return (forge, reading) => {
    const proposals = reading.events.flatMap((event) =>
      proposalsFor(event, compiled.get(forge)?.(event.repository) ?? []),
    );
    return proposals.length > 0 ? proposals : [settled("ignored", `${reading.name} names nothing to deploy`)];
  };
}

function compileRoute(target: Route): CompiledRoute {
  const { branches, tags, paths } = target.subscription;
  return {
    target,
    wantsBranch: matcher(branches),
    wantsTag: matcher(tags),
    wantsPath: paths.length === 0 ? undefined : matcher(paths),
  };
}

/** The routes of one instance of a forge, by repository. */
function routesOfForge(
  forge: string,
  routes: readonly CompiledRoute[],
): (repository: string) => readonly CompiledRoute[] | undefined {
  const provider = routes[0]?.target.subscription.provider ?? forge;
  const byRepository = Map.groupBy(routes, ({ target }) => repositoryKey(provider, target.subscription.repository));
  return (repository) => byRepository.get(repositoryKey(provider, repository));
}

function proposalsFor(event: ForgeEvent, routes: readonly CompiledRoute[]): readonly Proposal[] {
  if (event.kind === "ignored") return [settled("ignored", event.reason)];
  if (routes.length === 0) {
    const reason = `no fraise in fraises.yaml names the repository ${event.repository}`;
    return [settled("ignored", reason, event.kind === "unlisted" ? undefined : event)];
  }
  if (event.kind === "unlisted") return [settled("asked", `${event.reason}: the repository is asked for its refs now`)];
  if (event.kind === "deleted") {
    return [settled("ignored", `${event.ref.kind} ${event.ref.name} was deleted: what runs stays as it is`, event)];
  }
  if (event.test) return [settled("ignored", "the forge's test button: it arrives here, and moves nothing", event)];
  return routes.map((route) => proposalFor(event, route));
}

function proposalFor(event: RefPushed, { target, wantsBranch, wantsTag, wantsPath }: CompiledRoute): Proposal {
  const { ref } = event;
  const wanted = ref.kind === "branch" ? wantsBranch(ref.name) : wantsTag(ref.name);
  if (!wanted)
    return settled(
      "ignored",
      `${ref.kind} ${ref.name} is not one this target deploys (${rule(target, ref)})`,
      event,
      target,
    );
  const marker = skipMarker(event.message);
  if (marker !== undefined) return settled("skipped", `the commit message says ${marker}`, event, target);
  if (wantsPath !== undefined && event.pathsComplete && !event.paths.some(wantsPath)) {
    return settled(
      "skipped",
      `the ${event.paths.length} changed paths are not among ${target.subscription.paths.join(", ")}`,
      event,
      target,
    );
  }
  return {
    kind: "wish",
    target: { fraise: target.fraise, environment: target.environment, job: target.job, ...placeIn(target) },
    wanted: {
      revision: event.revision,
      previous: event.previous,
      ref,
      forced: event.forced,
      message: event.message,
      triggeredBy: event.pusher === "" ? "a push" : event.pusher,
    },
  };
}

/** Says where the target lives, if fraises.yaml does. */
function placeIn({ hosts }: Route): Pick<Route, "hosts"> {
  return hosts === undefined ? {} : { hosts };
}

function rule({ subscription }: Route, ref: Ref): string {
  const patterns = ref.kind === "branch" ? subscription.branches : subscription.tags;
  return patterns.length === 0 ? `it has no ${ref.kind} pattern` : `it wants ${patterns.join(", ")}`;
}

function settled(
  decision: "ignored" | "skipped" | "asked",
  reason: string,
  event?: { readonly ref: Ref; readonly revision?: string },
  target?: Route,
): Proposal {
  return {
    kind: "settled",
    decision,
    reason,
    target:
      target === undefined ? undefined : { fraise: target.fraise, environment: target.environment, job: target.job },
    ref: event?.ref,
    revision: event?.revision ?? "",
  };
}

/** The sentence `fraisier route` and answers show for a proposal that became, or would become, a deployment. */
export function describeWish(proposal: Extract<Proposal, { kind: "wish" }>): string {
  const { ref, revision } = proposal.wanted;
  return `${ref === undefined ? "" : `${ref.kind} ${ref.name} at `}${short(revision)} would be deployed`;
}
