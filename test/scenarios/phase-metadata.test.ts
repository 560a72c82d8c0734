import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";

interface Shown {
  readonly phases: readonly { readonly phase: string; readonly metadata: Readonly<Record<string, unknown>> }[];
}

describe("the record of a phase", () => {
  it.each(["releases", "in_place"] as const)(
    "says how many files of how many, bytes and kind of project (%s), and the error with its stack",
    async (layout) => {
      const scenario = await createScenario({ layout, environment: "build: test ! -e broken" });
      const first = await scenario.commit("1", { "package.json": "{}" });
      if (layout === "in_place") {
        await scenario.git("push", "--quiet", "origin", "main");
        await scenario.program("git", "clone", "--quiet", scenario.bare, scenario.app);
      }
      await scenario.start();
      if (layout === "releases") {
        await scenario.push();
        const { id } = await scenario.settled(first, "succeeded");
        const { phases } = JSON.parse((await scenario.fraisier("show", id, "--json")).stdout) as Shown;
        const copied = phases.filter(({ metadata }) => "files_total" in metadata);
        expect(copied).toMatchObject([
          {
            phase: "copying_files",
            metadata: { step: "lay-out-release", files: 3, files_total: 3, project_type: "node", commit: first },
          },
        ]);
        const { bytes, bytes_total } = copied[0]?.metadata ?? {};
        expect(bytes).toBe(bytes_total);
        expect(bytes).toBeGreaterThan(100);
        expect((await scenario.fraisier("show", id)).stdout).toMatch(
          /copying_files +\d+ % +lay-out-release, 3 of 3 files \(\d+ KiB\), node/,
        );
      }
      const bad = await scenario.commit("2", { broken: "" });
      await scenario.push();
      const { id } = await scenario.settled(bad);
      const { phases } = JSON.parse((await scenario.fraisier("show", id, "--json")).stdout) as Shown;
      const failed = phases.find(({ metadata }) => "error" in metadata);
      expect(failed).toMatchObject({
        phase: "building",
        metadata: { step: "build", error: "build ended with exit code 1", error_name: "StepFailed" },
      });
      expect(failed?.metadata["error_stack"]).toMatch(/^StepFailed: build ended with exit code 1\n +at /);
      expect((await scenario.fraisier("show", id)).stdout).toMatch(
        /building +\d+ % +build, build ended with exit code 1/,
      );
      if (layout === "in_place") {
        const moved = phases.find(({ metadata }) => "files_total" in metadata);
        // Of four files two differ from what was checked out: VERSION and broken.
        expect(moved?.metadata).toMatchObject({ files: 2, files_total: 4, project_type: "node" });
      }
    },
  );
});

describe("fraisier stats", () => {
  it("says how often deployments succeed and how long each phase takes, and refuses what is not there", async () => {
    const scenario = await createScenario({ environment: "build: test ! -e broken" });
    await scenario.start();
    const good = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const bad = await scenario.commit("2", { broken: "" });
    await scenario.push();
    await scenario.settled(bad, "failed");
    const json = JSON.parse((await scenario.fraisier("stats", "--json")).stdout) as object;
    expect(json).toMatchObject({
      days: 30,
      targets: [
        {
          target: "shop/production",
          deployments: 2,
          succeeded: 1,
          failed: 1,
          success_rate: 0.5,
          durations: { deployments: 1, average_ms: expect.any(Number) },
        },
      ],
    });
    const table = await scenario.fraisier("stats", "shop", "production", "--days", "1");
    expect(table.stdout).toMatch(/^shop\/production +2 +1 +1 +0 +0 +50\.0 % +\d+\.\d s$/m);
    expect(table.stdout).toMatch(/^shop\/production +health_check +\d+\.\d s +\d+\.\d s +1$/m);
    expect(table.stdout).toMatch(/^shop\/production +succeeded +█$/m);
    expect(table.stdout).toMatch(/^shop\/production +failed +█$/m);
    expect(table.stdout).toMatch(/^shop\/production +1\.00 +\S.* +0\.0 % +-$/m);
    expect(table.stdout).toMatch(/^shop\/production +1 +build +[0-9a-z]{13} +\S/m);
    const today = new Date().toISOString().slice(0, 10);
    const since = await scenario.fraisier("stats", "shop/production", "--since", today, "--json");
    expect(JSON.parse(since.stdout)).toMatchObject({
      days: 1,
      since: today,
      targets: [{ failures: [{ step: "build", phase: "building", count: 1 }], by_day: [{ succeeded: 1, failed: 1 }] }],
    });
    for (const wrong of ["yesterday", "2026-02-31x", "2999-01-01", "0d"])
      expect((await scenario.fraisier("stats", "--since", wrong)).exitCode).toBe(2);
    expect((await scenario.fraisier("stats", "shop", "prodction")).exitCode).toBe(2);
    expect((await scenario.fraisier("stats", "--days", "0")).exitCode).toBe(2);
  });
});
