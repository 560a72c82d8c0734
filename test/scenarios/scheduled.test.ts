import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { writeJobs } from "../helpers/write-jobs.ts";

/** Jobs whose units are nowhere: on no machine does a deployment of these change anything. */
async function withJobs(): Promise<Scenario> {
  const scenario = await createScenario();
  writeJobs(
    scenario,
    `jobs:
  second: { systemd_service: fraisiers-test-2, depends_on: first }
  first: { systemd_service: fraisiers-test-1 }`,
  );
  return scenario;
}

describe("jobs, with or without systemd (test/systemd/scheduled.test.ts needs one)", () => {
  it("have a queue each, end as failed where their units are nowhere, and the status is told all the same", async () => {
    const scenario = await withJobs();
    await scenario.start();
    const revision = await scenario.commit("1");
    expect(await scenario.push()).toMatch(/shop\/production\/first[\s\S]*shop\/production\/second/);
    const row = await scenario.settled(revision);
    expect(row).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/is nowhere|cannot ask for|systemctl/),
    });
    const { stdout, exitCode } = await scenario.fraisier("status", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      targets: [
        { target: "shop/production/first", next_run: null },
        { target: "shop/production/second", next_run: null },
      ],
    });
    expect((await scenario.fraisier("status")).stdout).toMatch(/NEXT RUN/);
    const bare = await scenario.with({ PATH: "/nowhere" }).fraisier("status", "--json");
    expect(bare.exitCode).toBe(0);
    expect(JSON.parse(bare.stdout)).toMatchObject({ targets: [{ next_run: null, timer: null }, { timer: null }] });
  });

  it("show in a plan the units they would write, change or leave", async () => {
    const scenario = await withJobs();
    const [file, units] = [join(scenario.folder, "fraises.yaml"), join(scenario.folder, "units")];
    writeFileSync(
      file,
      `${readFileSync(file, "utf8").replace("        jobs:", `        unit_files: deploy\n        unit_directory: ${units}\n        jobs:`)}          third: { systemd_service: shop-nightly, command: ./run, schedule: daily }\n`,
    );
    await scenario.commit("1", { "deploy/shop-nightly.timer": "[Timer]\nOnCalendar=04:00\n" });
    await scenario.git("push", "--quiet", "--no-verify", "origin", "main").catch(String);
    const plan = async (): Promise<string> =>
      (await scenario.fraisier("plan", "shop", "production", "--job", "third")).stdout;
    const first = await plan();
    expect(first).toContain(`would write ${units}/shop-nightly.service, from fraises.yaml:\n    # Written by fraisier`);
    expect(first).toContain(`WorkingDirectory=${scenario.app}/third/current
`);
    expect(first).toContain(
      `would write ${units}/shop-nightly.timer, from the repository:\n    [Timer]\n    OnCalendar=04:00\n`,
    );
    expect(existsSync(units)).toBe(false);
    mkdirSync(units);
    writeFileSync(join(units, "shop-nightly.service"), "[Service]\nExecStart=/bin/false\n");
    writeFileSync(join(units, "shop-nightly.timer"), "[Timer]\nOnCalendar=04:00\n");
    const second = await plan();
    expect(second).toContain(`would change ${units}/shop-nightly.service, from fraises.yaml:`);
    expect(second).toContain(`${units}/shop-nightly.timer stays as it is`);
  });

  it("say in a dry run what they would do", async () => {
    const scenario = await withJobs();
    await scenario.commit("1");
    await scenario.git("push", "--quiet", "--no-verify", "origin", "main").catch(String);
    const { stdout, stderr } = await scenario.fraisier(
      "deploy",
      "shop",
      "production",
      "--job",
      "first",
      "--dry-run",
      "--json",
    );
    const { steps } = JSON.parse(stdout || stderr) as {
      steps: { step: string; does: string; undone_on_failure: boolean }[];
    };
    expect(steps.map(({ step, undone_on_failure: undone }) => `${step}${undone ? " (undone)" : ""}`)).toEqual([
      "check-requirements",
      "fetch-source",
      "check-branch",
      "check-needed",
      "lay-out-release",
      "check-units",
      "keep-timer (undone)",
      "switch-release (undone)",
      "install-units (undone)",
      "reload-units",
      "enable-timer (undone)",
      "check-timer",
      "prune-releases",
    ]);
    expect(steps.map(({ does }) => does).join("\n")).toContain("Enable and start fraisiers-test-1.timer");
    const missing = await scenario.fraisier("deploy", "shop", "production", "--dry-run");
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("shop/production/second") });
  });
});
