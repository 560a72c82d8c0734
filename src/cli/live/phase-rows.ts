import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { isOutcome } from "../../domain/deployment.ts";
import type { Phase } from "../../domain/phase.ts";
import { phaseDetail } from "../print/phase-detail.ts";

/** A phase of a deployment as a person sees it: from its begin to the begin of the next one. */
export interface PhaseRow {
  readonly phase: Phase;
  /** Whether steps of the phase are taken back. */
  readonly isUndo: boolean;
  readonly state: "running" | "done" | "failed";
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Undefined as long as it runs. */
  readonly to: number | undefined;
  /** The step in which it is, and how far that is. */
  readonly detail: string;
}

/** Rows of the record that are no work: waiting in the queue, and how it ended. */
const NO_WORK: ReadonlySet<Phase> = new Set(["queued", "active", "failed"]);

/** The phases that a deployment has gone through, oldest first. Pure. */
export function phaseRows({
  deployment,
  phases,
}: Pick<DeploymentDocument, "deployment" | "phases">): readonly PhaseRow[] {
  const runs: { readonly first: Record_; last: Record_; hasFailed: boolean }[] = [];
  for (const each of phases) {
    const run = runs.at(-1);
    const hasFailed = typeof each.metadata["error"] === "string";
    if (run === undefined || keyOf(run.first) !== keyOf(each)) {
      runs.push({ first: each, last: each, hasFailed });
    } else {
      run.last = each;
      run.hasFailed ||= hasFailed;
    }
  }
  const ended = isOutcome(deployment.status) ? (deployment.finished_at ?? undefined) : undefined;
  return runs.flatMap(({ first, last, hasFailed }, index): readonly PhaseRow[] => {
    if (NO_WORK.has(first.phase)) return [];
    const end = runs[index + 1]?.first.at ?? ended;
    const to = end === undefined ? undefined : Date.parse(end);
    const state = to === undefined ? "running" : "done";
    return [
      {
        phase: first.phase,
        isUndo: isUndo(first),
        state: hasFailed ? "failed" : state,
        from: Date.parse(first.at),
        to,
        detail: phaseDetail(last.metadata),
      },
    ];
  });
}

type Record_ = DeploymentDocument["phases"][number];

function isUndo({ metadata }: Record_): boolean {
  return metadata["undo"] === true;
}

function keyOf(each: Record_): string {
  return `${each.phase} ${isUndo(each)}`;
}
