import type { TargetKey } from "../../domain/fraise.ts";
import type { Store } from "../../store/store.ts";
import { answerHistory } from "../deployments/answer-history.ts";
import { timelineOf } from "./timeline.ts";
import type { Timeline } from "./timeline.ts";

/** So many deployments are drawn at most: the effort and the drawing stay the same however long the history. */
const NEWEST = 60;

/** The recent past of one target: deployments, what was live, and holds. */
export async function answerTimeline(store: Store, target: TargetKey, now: Date = new Date()): Promise<Timeline> {
  const { fraise, environment, job } = target;
  const key = { fraise, environment, job };
  const { deployments } = await answerHistory(store, { targets: key, limit: NEWEST });
  const takenBack = deployments.filter(({ status }) => status === "rolled_back" || status === "rollback_failed");
  const actions = await store.targets.actions(key, NEWEST);
  const [state] = await store.targets.status(key);
  return timelineOf({
    deployments,
    bad: new Set(await store.deployments.bad(takenBack.map(({ id }) => id))),
    releases: actions.filter(({ action }) => action === "release").map(({ at }) => at),
    hold: state?.hold,
    now,
  });
}
