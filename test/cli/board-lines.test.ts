import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { StatusDocument, TargetStatus } from "../../src/answers/schemas/status-document.ts";
import { boardLines, pageLines } from "../../src/cli/watch/board-lines.ts";
import { FIRST_STATE, pressed } from "../../src/cli/watch/board-state.ts";
import type { BoardState } from "../../src/cli/watch/board-state.ts";
import { createPrint } from "../../src/cli/print/print.ts";
import { width } from "../../src/cli/print/text-width.ts";

/** As much of a target as the board is made of. */
function target(name: string, more: Partial<TargetStatus> = {}): TargetStatus {
  const status: Partial<TargetStatus> = { target: name, configured: true, locks: [], verification: null, ...more };
  return status as TargetStatus;
}

const RUNNING = {
  last_id: "old",
  running_id: "new",
  running_revision: "b".repeat(40),
  running_phase: "building",
  running_progress: 40,
} as const;

const TARGETS = [
  target("shop/production", {
    revision: "a".repeat(40),
    active_ref_name: "main",
    active_since: new Date().toISOString(),
    last_id: "live",
    hold_reason: "the service answers 500 at /health and nobody knows for what reason it does so since yesterday",
  }),
  target("shop/staging", RUNNING),
  ...Array.from({ length: 40 }, (_, index) => target(`web/env-${index}`)),
];
const STATUS: StatusDocument = { version: 1, targets: TARGETS, daemon: null };

const print = createPrint({ isJson: false, times: "relative" }, { isTTY: true, columns: 80, write: () => true });

function board(room: number, rows: number, state: BoardState = FIRST_STATE): readonly string[] {
  return boardLines(STATUS, state, { room, rows }, print).map(stripVTControlCharacters);
}

describe("the board of targets", () => {
  it.each([60, 80, 200])("fills a screen of %i columns, and cuts no target", (room) => {
    const lines = board(room, 24);
    expect(lines).toHaveLength(24);
    expect(lines.filter((line) => width(line) > room)).toEqual([]);
    expect(lines[0]).toMatch(/^fraisier watch +42 targets, 1 running, 1 on hold$/);
    expect(lines[1]).toContain("No daemon runs here");
    const text = lines.join(" ").replaceAll(/ +/g, " ");
    expect(text).toContain("since yesterday");
    expect(text).toContain("> shop/production");
    expect(text).toMatch(/shop\/staging .*deploying bbbbbbb: building 40 %/);
    expect(lines.at(-1)).toContain("q quits");
  });

  it("moves so that the marked target is on the screen", () => {
    const lines = board(80, 12, { ...FIRST_STATE, marked: "web/env-39" });
    expect(lines).toHaveLength(12);
    expect(lines.find((line) => line.startsWith(">"))).toMatch(/^> web\/env-39 /);
    expect(board(80, 5)).toHaveLength(5);
  });

  it("says that there is no target", () => {
    const lines = boardLines({ ...STATUS, targets: [] }, FIRST_STATE, { room: 80, rows: 10 }, print);
    expect(lines.join("\n")).toContain("No target is in fraises.yaml");
  });

  it("shows the begin of a deployment and the end of a log", () => {
    const text = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const page = (view: "deployment" | "log", moved: number): string | undefined =>
      pageLines(text, { view, moved }, { room: 80, rows: 11 }, print)[0];
    expect([page("deployment", 0), page("deployment", 3), page("deployment", 500)]).toEqual([
      "line 0",
      "line 3",
      "line 90",
    ]);
    expect([page("log", 0), page("log", 3), page("log", 500)]).toEqual(["line 90", "line 87", "line 0"]);
  });
});

describe("the keys of the board", () => {
  /** The state after keys. */
  const after = (...names: readonly string[]): BoardState =>
    names.reduce((state, name) => pressed(state, { name }, TARGETS), FIRST_STATE);

  it("move the mark, and stop at both ends", () => {
    expect(after("down", "j", "up").marked).toBe("shop/staging");
    expect(after("k").marked).toBe("shop/production");
    expect(after(...Array.from({ length: 9 }, () => "pagedown")).marked).toBe("web/env-39");
  });

  it("show the deployment and the log of the marked target, and go back", () => {
    expect(after("j", "return")).toMatchObject({ view: "deployment", marked: "shop/staging" });
    expect(after("j", "l", "up", "up")).toMatchObject({ view: "log", moved: 2 });
    expect(after("l", "q")).toMatchObject({ view: "board", isOver: false });
    expect(after("l", "escape")).toMatchObject({ view: "board", moved: 0 });
    // Nothing was ever deployed there.
    expect(after("pagedown", "return")).toMatchObject({ view: "board" });
  });

  it("quit by q and Ctrl-C, and know no other word", () => {
    expect(after("q").isOver).toBe(true);
    expect(pressed(after("l"), { name: "c", ctrl: true }, TARGETS).isOver).toBe(true);
    expect(after("constructor")).toEqual(FIRST_STATE);
  });
});
