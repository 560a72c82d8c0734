import type { TargetStatus } from "../../answers/schemas/status-document.ts";

/** The view that a person has: of all targets, of the deployment of one target, or of its log. */
export interface BoardState {
  readonly view: "board" | "deployment" | "log";
  /** The name of the target that is marked; undefined stands for the first one. */
  readonly marked: string | undefined;
  /** How many lines a page was moved: down from the begin of a deployment, up from the end of a log. */
  readonly moved: number;
  readonly isOver: boolean;
}

export const FIRST_STATE: BoardState = { view: "board", marked: undefined, moved: 0, isOver: false };

/** A key as node:readline names it. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

/** The deployment of a target that a person wants to see: the one that runs, else the one that waits, else the last one. */
export function deploymentOf(target: TargetStatus | undefined): string | undefined {
  return target?.running_id ?? target?.waiting_id ?? target?.last_id ?? undefined;
}

/** The target that is marked. */
export function markedTarget(
  targets: readonly TargetStatus[],
  { marked }: Pick<BoardState, "marked">,
): TargetStatus | undefined {
  return targets.find(({ target }) => target === marked) ?? targets[0];
}

type Change = (state: BoardState, targets: readonly TargetStatus[]) => BoardState;

const KEYS: Readonly<Record<string, Change>> = {
  q: (state) => (state.view === "board" ? { ...state, isOver: true } : back(state)),
  escape: back,
  left: back,
  backspace: back,
  down: (state, targets) => moved(state, 1, targets),
  j: (state, targets) => moved(state, 1, targets),
  up: (state, targets) => moved(state, -1, targets),
  k: (state, targets) => moved(state, -1, targets),
  pagedown: (state, targets) => moved(state, 10, targets),
  pageup: (state, targets) => moved(state, -10, targets),
  return: (state, targets) => opened(state, "deployment", targets),
  enter: (state, targets) => opened(state, "deployment", targets),
  right: (state, targets) => opened(state, "deployment", targets),
  l: (state, targets) => opened(state, "log", targets),
};

/** The state after a key. Pure. */
export function pressed(state: BoardState, { name = "", ctrl }: Key, targets: readonly TargetStatus[]): BoardState {
  // The terminal makes no signal of Ctrl-C as long as it gives every key.
  if (ctrl === true) return name === "c" || name === "d" ? { ...state, isOver: true } : state;
  return Object.hasOwn(KEYS, name) ? (KEYS[name]?.(state, targets) ?? state) : state;
}

function back(state: BoardState): BoardState {
  return { ...state, view: "board", moved: 0 };
}

function opened(state: BoardState, view: "deployment" | "log", targets: readonly TargetStatus[]): BoardState {
  const target = markedTarget(targets, state);
  return deploymentOf(target) === undefined ? state : { ...state, view, moved: 0, marked: target?.target };
}

function moved(state: BoardState, by: number, targets: readonly TargetStatus[]): BoardState {
  if (state.view === "deployment") return { ...state, moved: Math.max(0, state.moved + by) };
  // The newest lines of a log stand at the bottom.
  if (state.view === "log") return { ...state, moved: Math.max(0, state.moved - by) };
  const place = targets.findIndex((each) => each === markedTarget(targets, state));
  const next = targets[Math.min(targets.length - 1, Math.max(0, place + by))];
  return { ...state, marked: next?.target };
}
