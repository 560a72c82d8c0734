import type { StatusDocument, TargetStatus } from "../../answers/schemas/status-document.ts";
import { short } from "../../domain/decision.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";
import { tableLines } from "../print/table-lines.ts";
import { targetNow } from "../print/target-now.ts";
import { cut, width } from "../print/text-width.ts";
import type { BoardState } from "./board-state.ts";
import { markedTarget } from "./board-state.ts";
import { counted } from "../../domain/counted.ts";

/** The size of a screen in letters and lines. */
export interface Size {
  readonly room: number;
  readonly rows: number;
}

/** A whole screen with all targets: a head, a table that is moved so that the marked target is on it, and the keys. Pure but for the styles and the clock of times. */
export function boardLines(
  { targets, daemon }: StatusDocument,
  state: BoardState,
  { room, rows }: Size,
  print: Print,
): readonly string[] {
  const { head, rows: table } = tableLines(
    ["TARGET", { title: "RUNS", leaves: 2 }, { title: "SINCE", leaves: 1 }, "NOW"],
    targets.map((each) => [each.target, whatRuns(each), print.time(each.active_since), targetNow(each, print)]),
    room - 2,
  );
  const marked = targets.findIndex((each) => each === markedTarget(targets, state));
  const lines = table.flatMap((row, index) =>
    row.map((line, at) => (index === marked && at === 0 ? `${print.style("bold", ">")} ${line}` : `  ${line}`)),
  );
  const first = table.slice(0, Math.max(0, marked)).flat().length;
  const height = Math.max(1, rows - 4);
  const top = Math.max(0, Math.min(first - Math.floor(height / 2), lines.length - height));
  return screenOf(
    [
      ends(print.style("bold", "fraisier watch"), summary(targets), room),
      daemon === null ? print.style("yellow", "No daemon runs here: what is pushed waits.") : "",
      print.style("dim", `  ${head}`),
      ...(targets.length === 0 ? ["  No target is in fraises.yaml."] : lines.slice(top, top + height)),
    ],
    keys(room),
    { room, rows },
    print,
  );
}

/** A whole screen with a page of text, moved by so many lines from its begin or from its end. Pure but for the styles. */
export function pageLines(
  text: readonly string[],
  { view, moved }: Pick<BoardState, "view" | "moved">,
  { room, rows }: Size,
  print: Print,
): readonly string[] {
  const height = Math.max(1, rows - 1);
  const most = Math.max(0, text.length - height);
  const top = view === "log" ? most - Math.min(moved, most) : Math.min(moved, most);
  return screenOf(
    text.slice(top, top + height),
    "q goes back   up and down, or k and j, move   Ctrl-C quits",
    { room, rows },
    print,
  );
}

/** Fills a screen: its last line has the keys, and each line fits. */
function screenOf(lines: readonly string[], foot: string, { room, rows }: Size, print: Print): readonly string[] {
  const body = lines.slice(0, rows - 1).map((line) => cut(line, room));
  const empty = Array.from({ length: Math.max(0, rows - 1 - body.length) }, () => "");
  return [...body, ...empty, print.style("dim", cut(foot, room))];
}

function keys(room: number): string {
  return room < 70
    ? "q quits  j k move  Enter deployment  l log"
    : "q quits   up and down, or k and j, move   Enter shows the deployment   l shows its log";
}

/** `12 targets, 1 deploys, 2 wait, 1 on hold`. */
function summary(targets: readonly TargetStatus[]): string {
  const count = (is: (each: TargetStatus) => boolean): number => targets.filter(is).length;
  const parts: readonly (readonly [number, string])[] = [
    [count(({ running_id: id }) => typeof id === "string"), "running"],
    [count(({ waiting_id: id }) => typeof id === "string"), "waiting"],
    [count(({ hold_reason: hold }) => typeof hold === "string"), "on hold"],
  ];
  const some = parts.filter(([number]) => number > 0).map(([number, what]) => `, ${number} ${what}`);
  return `${counted(targets.length, "target")}${some.join("")}`;
}

function whatRuns({ revision, active_ref_name: ref }: TargetStatus): string {
  if (revision === undefined || revision === null) return "-";
  return harmless(typeof ref === "string" ? `${short(revision)} ${ref}` : short(revision));
}

/** Puts one text at the left end of a line, and the other text at its right end. */
function ends(left: string, right: string, room: number): string {
  return `${left}${" ".repeat(Math.max(2, room - width(left) - width(right)))}${right}`;
}
