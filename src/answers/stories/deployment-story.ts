import { short } from "../../domain/decision.ts";
import { durationInWords } from "../../domain/duration-in-words.ts";
import { STOPPED } from "../../domain/deployment.ts";
import type { TargetState } from "../../domain/target-state.ts";
import { retryName } from "../../domain/retry.ts";
import { targetName } from "../../domain/fraise.ts";
import type { PersonAction } from "../../domain/person-action.ts";
import type { RollbackRun } from "../../domain/rollback-run.ts";
import type { DeploymentDetail } from "../../store/reads/deployment-detail.ts";
import { stuckMs } from "../targets/stuck-ms.ts";
import { deploymentAdvice } from "./deployment-advice.ts";
import { unended } from "./unended.ts";
import { actionSentence } from "./action-sentence.ts";
import type { Sentence } from "../schemas/story-document.ts";

interface Facts {
  readonly detail: DeploymentDetail;
  readonly rollbacks: readonly RollbackRun[];
  /** The state of its target at this moment. */
  readonly state: TargetState | undefined;
  /** The actions of people on its target, newest first. */
  readonly actions: readonly PersonAction[];
  /** A deployment that stays in one phase for longer than this is stuck, in milliseconds. */
  readonly stuckAfter: number;
}

/** A deployment: why it exists, how long it waited and for what, its phases, how it ended, and what to do next. Pure. */
export function deploymentStory({ detail, rollbacks, state, actions, stuckAfter }: Facts): readonly Sentence[] {
  const { deployment, phases, steps } = detail;
  const told = rollbacks.map((each) => ({
    at: each.startedAt,
    says: rollbackSentence(each),
    isAutomatic: each.isAutomatic,
  }));
  const advice = deploymentAdvice(detail, state);
  return [
    ...beginning(deployment),
    ...start(detail),
    ...told.filter(({ isAutomatic }) => !isAutomatic).map(({ at, says }) => ({ at, says })),
    ...phaseSentences(phases),
    ...steps
      .filter(({ error }) => error !== "")
      .map(({ step, error, finishedAt: at }) => ({ at, says: `${step} failed: ${error}` })),
    ...told.filter(({ isAutomatic }) => isAutomatic).map(({ at, says }) => ({ at, says })),
    { at: deployment.finishedAt, says: ending(deployment, stuckAfter) },
    ...releasesOf(deployment, rollbacks, actions).map(actionSentence),
    ...(advice === undefined ? [] : [{ says: advice, is_advice: true }]),
  ];
}

/** Why a deployment exists, and what it waits for. */
function beginning(deployment: Row): readonly Sentence[] {
  const { id, revision, ref, triggeredBy: by, overrideBy, overrideReason, waitsBecause } = deployment;
  const where = ref === undefined ? short(revision) : `${ref.name} at ${short(revision)}`;
  const story: Sentence[] = [
    {
      at: deployment.queuedAt,
      says: `Deployment ${id} of ${where} to ${targetName(deployment)} was queued: ${ORIGIN[deployment.trigger]} ${by}.`,
    },
  ];
  if (deployment.retry > 0)
    story.push({
      says: `It is ${retryName(deployment.retry, deployment.retryLimit)} of deployment ${deployment.retryOf}${deployment.status === "queued" ? ` and starts at ${deployment.notBefore ?? "once"}` : ""}.`,
    });
  if (overrideBy !== undefined)
    story.push({ says: `${overrideBy} let it pass locks and freeze windows: ${overrideReason}.` });
  if (waitsBecause !== undefined) story.push({ says: `It waits: ${unended(waitsBecause)}.` });
  return story;
}

/** How long it waited, and how its runners before the last one ended. */
function start(detail: DeploymentDetail): readonly Sentence[] {
  const { queuedAt, startedAt } = detail.deployment;
  if (startedAt === undefined) return [];
  const waited = seconds(Date.parse(startedAt) - Date.parse(queuedAt));
  return [{ at: startedAt, says: [`It started after ${waited}.`, ...earlierRunners(detail)].join(" ") }];
}

type Row = DeploymentDetail["deployment"];

const ORIGIN = {
  delivery: "a webhook told of a push by",
  sweep: "found by",
  person: "asked for by",
  schedule: "its schedule, set by",
  rollback: "a rollback asked for by",
} as const satisfies Record<Row["trigger"], string>;

/** Later actions that let its revision, or the one it took back, be deployed again; oldest first. */
function releasesOf(
  row: Row,
  rollbacks: readonly RollbackRun[],
  actions: readonly PersonAction[],
): readonly PersonAction[] {
  const revisions = new Set([row.revision, ...rollbacks.map((each) => each.fromRevision)]);
  return actions
    .filter(({ action, at, subject }) => {
      const released = action === "release" && at > row.queuedAt ? subject.split(" ") : [];
      return released.some((revision) => revisions.has(revision));
    })
    .toReversed();
}

/** Tells how the runners of a deployment before its last one ended, in a sentence for each kind of end. Pure. */
export function earlierRunners({
  deployment,
  phases,
}: {
  readonly deployment: Pick<Row, "attempt">;
  readonly phases: readonly Pick<DeploymentDetail["phases"][number], "metadata">[];
}): readonly string[] {
  const stops = phases.filter(({ metadata }) => STOPPED in metadata).length;
  // The newest stop may still wait for its next runner.
  const deaths = Math.max(0, deployment.attempt - 1 - stops);
  return [
    ...(deaths === 0 ? [] : [`Its runner died ${times(deaths)}; it was taken up again.`]),
    ...(stops === 0 ? [] : [`Its runner was stopped ${times(stops)}; the next runner takes it up.`]),
  ];
}

/** Each phase once, with the time until the next one. */
function phaseSentences(phases: DeploymentDetail["phases"]): readonly Sentence[] {
  const starts = phases.filter(({ phase }, index) => phases[index - 1]?.phase !== phase);
  return starts.flatMap(({ phase, at }, index) => {
    const next = starts[index + 1];
    if (phase === "active" || phase === "failed") return [];
    const took = next === undefined ? "" : ` for ${seconds(Date.parse(next.at) - Date.parse(at))}`;
    return [{ at, says: `${phase}${took}` }];
  });
}

function rollbackSentence({
  isAutomatic,
  requestedBy: by,
  fromRevision: from,
  toRevision: to,
  status,
  reason,
}: RollbackRun): string {
  const back = to === undefined ? "to nothing, as nothing ran before" : `to ${short(to)}`;
  const undone = by === "fraisier" ? "It was taken back by itself" : `${by} cancelled it, and it was taken back`;
  const how = isAutomatic ? undone : "It is a rollback by hand";
  return `${how}, from ${short(from)} ${back}: ${status}${reason === "" ? "" : ` (${unended(reason)})`}.`;
}

function ending(row: Row, stuckAfter: number): string {
  const why = row.reason === "" ? "" : `: ${unended(row.reason)}`;
  if (row.status === "queued") return "It has not started.";
  if (row.status === "running" || row.status === "rolling_back") {
    const stuck = stuckMs(row.phaseChangedAt, stuckAfter);
    if (stuck !== undefined)
      return `It is stuck: in ${row.phase} at ${row.progress} % for ${durationInWords(stuck)}, since ${row.phaseChangedAt}.`;
    return `It is ${row.status === "running" ? "running" : "being taken back"}, in ${row.phase} at ${row.progress} %.`;
  }
  if (row.status === "superseded") return `It never started: deployment ${row.supersededBy} took its place.`;
  return `It ended as ${row.status}${why}.`;
}

function seconds(ms: number): string {
  // A wall clock that was set back in between says nothing about how long it took.
  if (ms < 0) return "an unknown time (the clock was set)";
  if (ms < 1000) return `${ms} ms`;
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
