import type { Acting } from "../acting.ts";
import type { Target } from "../../config/config.ts";
import { short } from "../../domain/decision.ts";
import { UsageError } from "../../domain/errors.ts";
import { isRevision } from "../../domain/event.ts";
import type { Ref } from "../../domain/event.ts";
import { targetName } from "../../domain/fraise.ts";
import type { TargetState } from "../../domain/target-state.ts";
import type { Success } from "../../store/reads/newest-successes.ts";
import { newerPush } from "./newer-push.ts";
import { resolveDeployment } from "./resolve-deployment.ts";
import type { WantedRevision } from "./wanted-revision.ts";

/** The place that a rollback by hand goes back to. */
export interface Destination extends WantedRevision {
  /** The deployment whose release is gone back to; undefined if it is unknown: then the revision is deployed anew. */
  readonly deployment: string | undefined;
}

/** The revision that runs on a target, and the deployments that went live there before. */
export interface Past {
  readonly app: Acting;
  readonly target: Target;
  readonly state: TargetState;
  /** The revision that runs. */
  readonly runs: string;
  /** The newest deployments that went live, newest first. */
  readonly successes: readonly Success[];
}

/** The options that name a place, each with the word for it and the search for it. */
export const ROLLBACK_PLACES = [
  { option: "toCommit", word: "commit", find: commitNamed },
  { option: "toVersion", word: "version", find: versionNamed },
  { option: "toDeployment", word: "deployment", find: deploymentNamed },
] as const;

/** @throws UsageError for a deployment that never went live here. */
async function deploymentNamed({ app, target, successes }: Past, typed: string): Promise<Destination> {
  const id = await resolveDeployment(app, typed);
  const found = successes.find((each) => each.id === id);
  if (found !== undefined) return releaseOf(found);
  throw new UsageError(`deployment ${id} was never live on ${targetName(target)}`, {
    hint: `fraisier history ${target.fraise} ${target.environment} --status succeeded lists them.`,
  });
}

/** @throws UsageError for the beginning of several commits, or of a commit that never ran here. */
async function commitNamed({ target, successes }: Past, typed: string): Promise<Destination> {
  const matching = successes.filter(({ revision }) => revision.startsWith(typed.toLowerCase()));
  if (new Set(matching.map(({ revision }) => revision)).size > 1)
    throw new UsageError(`${typed} may be any of several commits`, { hint: "Type more of it." });
  const [found] = matching;
  if (found !== undefined) return releaseOf(found);
  if (isRevision(typed)) return { revision: typed, ref: undefined, deployment: undefined };
  throw new UsageError(`${String(typed)} never ran on ${targetName(target)}`, {
    hint: "Give the full hash to deploy it all the same.",
  });
}

/** @throws UsageError for a tag that neither ran here nor is in the repository. */
async function versionNamed({ app, target, successes }: Past, typed: string): Promise<Destination> {
  const tagged = successes.find(({ ref }) => ref?.kind === "tag" && ref.name === typed);
  if (tagged !== undefined) return releaseOf(tagged);
  const ref: Ref = { kind: "tag", name: typed };
  const revision = await app.host.git.remoteRevision(target.clone_url.reveal(), `refs/tags/${typed}`);
  if (revision === undefined) throw new UsageError(`the repository has no tag ${typed}`);
  const known = successes.find((each) => each.revision === revision);
  return known === undefined ? { revision, ref, deployment: undefined } : releaseOf(known);
}

/** The newest success before the one that runs, without those that were rolled back. @throws UsageError if there is none, or while a deployment runs. */
export async function successBefore({ app, target, state, runs, successes }: Past): Promise<Destination> {
  const running = await newerPush(app.store, state.running?.id);
  if (running !== undefined) {
    throw new UsageError(
      `deployment ${running.id} of ${short(running.revision)} is running: what is gone back from is not known yet`,
      {
        hint: `fraisier cancel ${running.id} takes it back to ${short(runs)}. Or name where to go: --to-deployment, --to-commit, --to-version.`,
      },
    );
  }
  // A rollback never goes to a later deployment: a revision that was gone back from stays later, also once its hold has ended.
  const origin = originOf(successes, state.deployment ?? "");
  const older = origin === undefined ? successes : successes.filter(({ id }) => id < origin);
  const found = older.find((each) => each.revision !== runs && each.badBecause === undefined);
  if (found !== undefined) return releaseOf(found);
  throw new UsageError(`nothing but ${short(runs)} has held on ${targetName(target)} before it`, {
    hint: "Name where to go: --to-commit with a full hash, or --to-version with a tag.",
  });
}

function releaseOf({ id, revision, ref }: Success): Destination {
  return { revision, ref, deployment: id };
}

/** The deployment that first made live what a deployment runs: for a rollback, the one that it went back to. */
function originOf(successes: readonly Success[], id: string): string | undefined {
  const runs = successes.find((each) => each.id === id);
  if (runs === undefined || runs.trigger !== "rollback") return runs?.id;
  const before = successes.find(
    (each) =>
      each.id < runs.id &&
      (runs.returnsTo === undefined ? each.revision === runs.revision : each.id === runs.returnsTo),
  );
  return before === undefined ? runs.id : originOf(successes, before.id);
}
