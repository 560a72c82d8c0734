import { describe, expect, it } from "vitest";
import type { DeploymentDocument } from "../../src/answers/schemas/deployment-document.ts";
import type { Phase } from "../../src/domain/phase.ts";
import { estimate } from "../../src/cli/live/estimate.ts";
import { glyphsFor } from "../../src/cli/live/glyphs.ts";
import { phaseRows } from "../../src/cli/live/phase-rows.ts";
import { progressLines } from "../../src/cli/live/progress-lines.ts";
import type { ProgressView } from "../../src/cli/live/progress-lines.ts";
import { width } from "../../src/cli/print/text-width.ts";

const BEGIN = Date.parse("2026-11-20T09:00:00.000Z");
const PLAIN = glyphsFor({ TERM: "xterm", LANG: "C" });

type Entry = readonly [phase: Phase, second: number, metadata?: Readonly<Record<string, unknown>>];

/** As much of a document as the lines are made of. */
function documentOf(
  status: DeploymentDocument["deployment"]["status"],
  entries: readonly Entry[],
  more: Partial<DeploymentDocument["deployment"]> = {},
): DeploymentDocument {
  const at = (second: number): string => new Date(BEGIN + 1000 * second).toISOString();
  const document: Pick<DeploymentDocument, "phases" | "advice" | "stuck_ms"> & { readonly deployment: object } = {
    deployment: {
      id: "abc",
      status,
      queued_at: at(0),
      started_at: at(0),
      finished_at: null,
      cancel_requested_by: null,
      ...more,
    },
    phases: entries.map(([phase, second, metadata = {}], index) => ({
      deployment_id: "abc",
      sequence: index + 1,
      phase,
      progress: 0,
      metadata,
      at: at(second),
    })),
    advice: "fraisier unlock ends a lock.",
    stuck_ms: null,
  };
  return document as DeploymentDocument;
}

function linesOf(document: DeploymentDocument, more: Partial<ProgressView> = {}): readonly string[] {
  const view: ProgressView = {
    document,
    usual: new Map(),
    waitsFor: undefined,
    lastLine: "",
    now: BEGIN + 30_000,
    room: 80,
    rows: 24,
    glyphs: PLAIN,
    frame: 0,
    ...more,
  };
  return progressLines(view, (_, text) => text);
}

const USUAL: ReadonlyMap<Phase, number> = new Map([
  ["pulling_source", 10_000],
  ["building", 40_000],
  ["restarting", 50_000],
]);

describe("the lines of a deployment that is waited for", () => {
  it("have its phases with their times, the last line of its log, and only the elapsed time if the target has no history", () => {
    const lines = linesOf(
      documentOf("running", [
        ["queued", 0],
        ["pulling_source", 0],
        ["building", 12, { step: "install" }],
      ]),
      {
        lastLine: "added 3 packages\u001b[2J",
      },
    );
    expect(lines.map((line) => line.trim().replaceAll(/ {2,}/g, "  "))).toEqual([
      "+ pulling_source  12 s",
      "| building  18 s  install",
      "added 3 packages",
      "30 s",
    ]);
  });

  it("weigh phases by the time they usually take, and name those that are to come", () => {
    const lines = linesOf(
      documentOf("running", [
        ["pulling_source", 0],
        ["building", 10],
      ]),
      { usual: USUAL },
    );
    const [, building, restarting, bar] = lines.map((line) => line.trim());
    expect(building).toContain("usually 40 s");
    expect(restarting).toMatch(/^\. restarting +50 s {2}usually$/);
    expect(bar).toBe("#########---------------------  30 %  30 s, about 1 min 10 s left");
  });

  it("promise no time that is left once a phase takes longer than usual", () => {
    const late = linesOf(documentOf("running", [["pulling_source", 0]]), { usual: USUAL });
    expect(late.at(-1)).toMatch(/10 % {2}30 s, longer than usual$/);
  });

  it("say for what it waits, and what ends that", () => {
    const lines = linesOf(documentOf("queued", [["queued", 0]]), { waitsFor: "locked by ann: database move" });
    expect(lines).toEqual(["  | waiting 30 s: locked by ann: database move", "    fraisier unlock ends a lock."]);
  });

  it("show the phase that failed, and those that are taken back", () => {
    const entries: readonly Entry[] = [
      ["restarting", 0],
      ["health_check", 5, { step: "check-health" }],
      ["health_check", 9, { step: "check-health", error: "not healthy: 500\n at x" }],
      ["restarting", 10, { step: "restart-service", undo: true }],
    ];
    const lines = linesOf(documentOf("rolling_back", entries), { usual: USUAL });
    expect(lines[1]).toMatch(/^ {2}x health_check +5\.0 s {2}check-health, not healthy: 500$/);
    expect(lines[2]).toMatch(/^ {2}\| undo restarting +20 s/);
    expect(lines.at(-1)).toBe("  taking it back, 30 s");
  });

  it("fit a narrow and low terminal, where phases that are over leave first", () => {
    const document = documentOf("running", [
      ["checking", 0],
      ["pulling_source", 1],
      ["copying_files", 2],
      ["building", 3, { step: "x".repeat(90) }],
    ]);
    const lines = linesOf(document, { usual: USUAL, room: 60, rows: 7, lastLine: "y".repeat(200) });
    expect(lines.every((line) => width(line) < 60)).toBe(true);
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(lines.join("\n")).toContain("| building");
    expect(lines.join("\n")).not.toContain("checking");
  });
});

describe("the estimate of a deployment", () => {
  it("takes a phase that was quicker than usual for done once a later one runs, and never more than usual for the present one", () => {
    const rows = phaseRows(
      documentOf("running", [
        ["pulling_source", 0],
        ["building", 1],
      ]),
    );
    expect(estimate(rows, USUAL, BEGIN + 21_000)).toEqual({ fraction: 0.3, left: 70_000 });
    expect(estimate(rows, USUAL, BEGIN + 55_000)).toMatchObject({ fraction: 0.5 });
    expect(estimate(rows, new Map(), BEGIN)).toBeUndefined();
  });
});
