import type { TargetStatistics } from "../../answers/schemas/statistics-document.ts";
import { PHASES } from "../../domain/phase.ts";
import type { Phase } from "../../domain/phase.ts";
import type { PhaseRow } from "./phase-rows.ts";

/** How long each phase of a target takes as a rule, in milliseconds; empty for a target without a success. */
export type UsualTimes = ReadonlyMap<Phase, number>;

export interface Estimate {
  /** The part of the usual time that is over: 0 to 1. */
  readonly fraction: number;
  /** Milliseconds; undefined if the present phase takes longer than usual already, so that nothing honest can be said. */
  readonly left: number | undefined;
}

/** The medians of the last successes. */
export function usualTimes(statistics: Pick<TargetStatistics, "durations"> | undefined): UsualTimes {
  return new Map(statistics?.durations.phases.map(({ phase, median_ms: ms }) => [phase, ms]));
}

/** How far a deployment has come, weighted by the time that its phases usually take; undefined without a history. Pure. */
export function estimate(rows: readonly PhaseRow[], usual: UsualTimes, now: number): Estimate | undefined {
  const total = sum([...usual.values()]);
  if (total <= 0) return undefined;
  const current = rows.at(-1);
  const place = current === undefined ? -1 : placeOf(current.phase);
  const over = [...usual].map(([phase, ms]) =>
    placeOf(phase) < place ? ms : Math.min(ms, sum(rows.filter((row) => row.phase === phase).map(spent(now)))),
  );
  const done = sum(over);
  const isLate = current !== undefined && spent(now)(current) > 1.5 * (usual.get(current.phase) ?? 0) + 2_000;
  return { fraction: Math.min(1, done / total), left: isLate ? undefined : total - done };
}

function spent(now: number): (row: PhaseRow) => number {
  return ({ from, to }) => Math.max(0, (to ?? now) - from);
}

function placeOf(phase: Phase): number {
  return PHASES.findIndex(({ name }) => name === phase);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
