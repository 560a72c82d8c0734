import type { App } from "../../compose/app.ts";
import type { Target } from "../../config/config.ts";
import { short } from "../../domain/decision.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Ref } from "../../domain/event.ts";
import { isRevision } from "../../domain/event.ts";
import { newerWaits } from "../../domain/newer-waits.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Success } from "../../store/reads/newest-successes.ts";
import { refuseEmpty } from "../arguments/refuse-empty.ts";
import { resolveDeployment } from "./resolve-deployment.ts";

export interface Back {
  readonly last?: boolean;
  readonly toCommit?: string;
  readonly toVersion?: string;
  readonly toDeployment?: string;
}

export interface Destination {
  readonly revision: string;
  readonly ref: Ref | undefined;
  /** The deployment whose release is gone back to; undefined if it is unknown: then the revision is deployed anew. */
  readonly deployment: string | undefined;
}

const NAMES = { toCommit: "commit", toVersion: "version", toDeployment: "deployment" };
const HISTORY = "fraisier history lists what ran; without any of these options the newest success before is meant.";

/** So many deployments are searched for one that ran before. */
const NEWEST = 500;

/**
 * The destination of a rollback by hand: by default the newest success before the running one that was not itself rolled back.
 * @throws UsageError that lists what there is.
 */
export async function rollbackDestination(app: App, target: Target, back: Back): Promise<Destination> {
  const { store, host } = app;
  for (const what of ["toCommit", "toVersion", "toDeployment"] as const) {
    if (back[what] !== undefined) refuseEmpty(back[what], NAMES[what], HISTORY);
  }
  const asked = [back.last === true, back.toCommit, back.toVersion, back.toDeployment].filter(Boolean);
  if (asked.length > 1)
    throw new UsageError("only one of --last, --to-commit, --to-version and --to-deployment makes sense");
  const [state] = await store.targets.status(target);
  const runs = state?.revision;
  if (runs === undefined)
    throw new UsageError(`${targetName(target)} runs nothing yet: there is nothing to go back from`);
  /** The deployment of this id, unless it is a rollback, which cannot be a destination. */
  const newer = async (id: string | undefined) => {
    const deployment = id !== undefined ? (await store.deployments.detail(id))?.deployment : undefined;
    return deployment?.trigger === "rollback" ? undefined : deployment;
  };
  const waiting = await newer(state?.waiting?.id);
  if (waiting !== undefined) throw newerWaits(waiting.id, waiting.revision);
  const successes = await store.deployments.newestSuccesses(target, NEWEST);
  const { toCommit, toVersion, toDeployment } = back;
  let found;
  if (toDeployment !== undefined) {
    const id = await resolveDeployment(app, toDeployment);
    found = successes.find((each) => each.id === id);
    if (found === undefined) {
      throw new UsageError(`deployment ${id} is none that went live on ${targetName(target)}`, {
        hint: `fraisier history ${target.fraise} ${target.environment} --status succeeded lists them.`,
      });
    }
  } else if (toCommit !== undefined) {
    const matching = successes.filter(({ revision }) => revision.startsWith(toCommit.toLowerCase()));
    if (new Set(matching.map(({ revision }) => revision)).size > 1)
      throw new UsageError(`${toCommit} may be any of several commits`, { hint: "Type more of it." });
    found = matching[0];
    if (found === undefined && isRevision(toCommit))
      return { revision: toCommit, ref: undefined, deployment: undefined };
    if (found === undefined)
      throw new UsageError(`${toCommit} never ran on ${targetName(target)}`, {
        hint: "Give the full hash to deploy it all the same.",
      });
  } else if (toVersion !== undefined) {
    found = successes.find((each) => each.ref?.kind === "tag" && each.ref.name === toVersion);
    if (found === undefined) {
      const ref: Ref = { kind: "tag", name: toVersion };
      const revision = await host.git.remoteRevision(target.clone_url.reveal(), `refs/tags/${toVersion}`);
      if (revision === undefined) throw new UsageError(`the repository has no tag ${toVersion}`);
      const known = successes.find((each) => each.revision === revision);
      if (known === undefined) return { revision, ref, deployment: undefined };
      found = known;
    }
  } else {
    const running = await newer(state?.running?.id);
    if (running !== undefined) {
      throw new UsageError(
        `deployment ${running.id} of ${short(running.revision)} is running: what is gone back from is not known yet`,
        {
          hint: `fraisier cancel ${running.id} takes it back to ${short(runs)}. Or name where to go: --to-deployment, --to-commit, --to-version.`,
        },
      );
    }
    // A rollback never goes to a later deployment: a revision that was gone back from stays later, also once it is released.
    const origin = originOf(successes, state?.deployment ?? "");
    const older = origin === undefined ? successes : successes.filter(({ id }) => id < origin);
    found = older.find((each) => each.revision !== runs && each.heldBecause === undefined);
    if (found === undefined) {
      throw new UsageError(`nothing but ${short(runs)} has held on ${targetName(target)} before it`, {
        hint: "Name where to go: --to-commit with a full hash, or --to-version with a tag.",
      });
    }
  }
  if (found.revision === runs)
    throw new UsageError(`${targetName(target)} runs ${short(runs)} already: nothing to go back to`);
  return {
    revision: found.revision,
    ref: found.ref,
    deployment: found.id,
  };
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
