import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import type { Shape } from "../parts/glyph.ts";

/** The kinds of states that the board can be narrowed to. */
export const KINDS = ["trouble", "busy", "waiting", "live", "empty"] as const;
export type ConditionKind = (typeof KINDS)[number];

/** The one word that says how a target stands. */
export interface TargetCondition {
  readonly kind: ConditionKind;
  readonly shape: Shape;
  readonly word: string;
}

/** The state of a target in one word: the most urgent thing comes first. Pure. */
export function targetCondition(target: TargetStatus): TargetCondition {
  return busyState(target) ?? troubledState(target) ?? quietState(target);
}

function busyState({ running_id, running_status, running_stuck_ms }: TargetStatus): TargetCondition | undefined {
  if (!isSet(running_id)) return undefined;
  if (isSet(running_stuck_ms)) return { kind: "trouble", shape: "hold", word: "stuck" };
  return { kind: "busy", shape: "busy", word: running_status === "rolling_back" ? "rolling back" : "deploying" };
}

function troubledState({ unrestored_id, hold_reason, last_status, drift }: TargetStatus): TargetCondition | undefined {
  if (isSet(unrestored_id)) return { kind: "trouble", shape: "bad", word: "rollback failed" };
  if (isSet(hold_reason)) return { kind: "trouble", shape: "hold", word: "on hold" };
  if (last_status === "failed") return { kind: "trouble", shape: "bad", word: "failed" };
  if (last_status === "rolled_back") return { kind: "trouble", shape: "back", word: "taken back" };
  if (isSet(drift) && drift !== "") return { kind: "trouble", shape: "differs", word: "differs" };
  return undefined;
}

function quietState({ waiting_id, revision }: TargetStatus): TargetCondition {
  if (isSet(waiting_id)) return { kind: "waiting", shape: "waiting", word: "waiting" };
  if (isSet(revision)) return { kind: "live", shape: "good", word: "live" };
  return { kind: "empty", shape: "none", word: "never deployed" };
}

function isSet<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
