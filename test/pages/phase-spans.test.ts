import { describe, expect, it } from "vitest";
import type { DeploymentDocument } from "../../src/answers/schemas/deployment-document.ts";
import { phaseSpans } from "../../src/pages/deployment/phase-spans.ts";

const NOW = new Date("2026-11-22T12:00:09.000Z");
const at = (second: number): string => `2026-11-22T12:00:0${second}.000Z`;

function document(
  status: string,
  phases: readonly (readonly [phase: string, second: number])[],
  steps: readonly (readonly [phase: string, second: number, status: string])[],
): DeploymentDocument {
  return {
    deployment: { status, finished_at: ["running", "rolling_back"].includes(status) ? null : at(8) },
    phases: phases.map(([phase, second]) => ({ phase, at: at(second) })),
    steps: steps.map(([phase, second, each]) => ({ phase, step: "a-step", status: each, started_at: at(second) })),
  } as unknown as DeploymentDocument;
}

function states(...given: Parameters<typeof document>): readonly string[] {
  return phaseSpans(document(...given), NOW).map(({ phase, state }) => `${phase} ${state}`);
}

describe("the phases of a deployment", () => {
  it("name the phase with the failed step as failed, and the ones after it as taking back", () => {
    const phases = [
      ["creating_symlinks", 1],
      ["restarting", 2],
      ["creating_symlinks", 4],
      ["failed", 6],
    ] as const;
    const steps = [
      ["creating_symlinks", 1, "undone"],
      ["restarting", 2, "failed"],
    ] as const;
    expect(states("rolled_back", phases, steps)).toEqual([
      "creating_symlinks done",
      "restarting failed",
      "creating_symlinks back",
    ]);
    expect(states("rollback_failed", phases, steps).at(-1)).toBe("creating_symlinks failed");
    expect(states("rolling_back", phases.slice(0, 3), steps).at(-1)).toBe("creating_symlinks now");
  });

  it("name the last phase as failed if no step failed, and no phase if the deployment succeeded or goes on", () => {
    const phases = [
      ["checking", 1],
      ["restarting", 2],
    ] as const;
    expect(states("cancelled", phases, [])).toEqual(["checking done", "restarting failed"]);
    expect(states("running", phases, [])).toEqual(["checking done", "restarting now"]);
    expect(states("succeeded", [...phases, ["active", 3]], [])).toEqual(["checking done", "restarting done"]);
  });
});
