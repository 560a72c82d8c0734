import type { Target } from "../../config/config.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { waitSentence } from "../../domain/wait-reason.ts";
import { drainedHere } from "../../queue/drained-here.ts";
import { livingLocks } from "../../queue/living-locks.ts";
import { nextTurns } from "../../queue/next-turn.ts";
import type { App } from "../app.ts";
import { turnSettings } from "../turn-settings.ts";

/** The state of the queue and of the target that a person should know of before a deployment. Each is a sentence, or null. */
export interface ObstaclesNow {
  /** The reason for which a deployment would wait if it were queued at this moment. */
  readonly would_wait: string | null;
  /** The reason for which the target is on hold. */
  readonly on_hold: string | null;
}

/** Asks the queue what it would say to one more deployment of this target. */
export async function obstaclesNow(
  { store, config }: App,
  { fraise, environment, job }: Target,
  trigger: "person" | "rollback",
): Promise<ObstaclesNow> {
  const key: TargetKey = { fraise, environment, job };
  const { queued, running } = await store.queue.state();
  const state = await store.targets.here(key);
  const one = {
    ...key,
    host: store.host,
    id: "",
    trigger,
    overrideBy: undefined,
    retry: 0,
    retryLimit: 0,
    notBefore: undefined,
  };
  // It would take the place of the deployment of this target that waits.
  const others = queued.filter((each) => each.id !== state?.waiting?.id);
  const situation = { queued: [...others, { ...one, waitsFor: undefined }], running, dead: [] };
  const drained = await drainedHere(store, config.server.name);
  const obstacles = { locks: await livingLocks(store), faults: new Map<string, never>(), drained };
  const turn = nextTurns(situation, turnSettings(config), obstacles, new Date()).find(
    ({ deployment }) => deployment.id === "",
  );
  return {
    would_wait: turn?.kind === "wait" ? waitSentence(turn.for) : null,
    on_hold: state?.hold?.reason ?? null,
  };
}
