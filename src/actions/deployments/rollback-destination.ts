import type { Acting } from "../acting.ts";
import type { Target } from "../../config/config.ts";
import { short } from "../../domain/decision.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { newerWaits } from "../../domain/newer-waits.ts";
import { refuseEmpty } from "../refuse-empty.ts";
import { newerPush } from "./newer-push.ts";
import { ROLLBACK_PLACES, successBefore } from "./rollback-places.ts";
import type { Destination, Past } from "./rollback-places.ts";

export interface Back {
  readonly last?: boolean;
  readonly toCommit?: string;
  readonly toVersion?: string;
  readonly toDeployment?: string;
}

const HISTORY = "fraisier history lists what ran; without any of these options the newest success before is meant.";

/** So many deployments are searched for one that ran before. */
const NEWEST = 500;

/**
 * The destination of a rollback by hand: by default the newest success before the running one that was not itself rolled back.
 * @throws UsageError that lists what there is.
 */
export async function rollbackDestination(app: Acting, target: Target, back: Back): Promise<Destination> {
  const find = placeMeant(back);
  const past = await pastOf(app, target);
  const destination = await find(past);
  if (destination.deployment !== undefined && destination.revision === past.runs)
    throw new UsageError(`${targetName(target)} runs ${short(past.runs)} already: nothing to go back to`);
  return destination;
}

/** The search for the place that a person means. @throws UsageError if its name is empty, or if several places are named. */
function placeMeant(back: Back): (past: Past) => Promise<Destination> {
  const named = ROLLBACK_PLACES.flatMap(({ option, word, find }) => {
    const typed = back[option];
    if (typed === undefined) return [];
    refuseEmpty(typed, word, HISTORY);
    return [(past: Past) => find(past, typed)];
  });
  const [only = successBefore, another] = back.last === true ? [successBefore, ...named] : named;
  if (another === undefined) return only;
  throw severalPlaces();
}

export function severalPlaces(): UsageError {
  return new UsageError("only one of --last, --to-commit, --to-version and --to-deployment makes sense");
}

/** @throws UsageError if nothing runs, or if a rollback would drop a newer deployment that waits. */
async function pastOf(app: Acting, target: Target): Promise<Past> {
  const { store } = app;
  const [state] = await store.targets.status(target);
  if (state?.revision === undefined)
    throw new UsageError(`${targetName(target)} runs nothing yet: there is nothing to go back from`);
  const waiting = await newerPush(store, state.waiting?.id);
  if (waiting !== undefined) throw newerWaits(waiting.id, waiting.revision);
  return {
    app,
    target,
    state,
    runs: state.revision,
    successes: await store.deployments.newestSuccesses(target, NEWEST),
  };
}
