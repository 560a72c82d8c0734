import { existsSync, lstatSync, readFileSync, readlinkSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";

const GOOD = "import os\nprint('loading', os.environ['FRAISIER_REVISION'])\n";

async function warehouse(environment: string, fraises = ""): Promise<Scenario> {
  const scenario = await createScenario({
    server: "public: [/_deploy/status]",
    type: "etl",
    environment,
    ...(fraises === "" ? {} : { fraises }),
  });
  return scenario.with({ SINK: join(scenario.folder, "sink") });
}

async function output(scenario: Scenario, id: string, step: string): Promise<readonly string[]> {
  const lines = await scenario.store.deployments.output(id, 0, 1000);
  return lines.filter((each) => each.step === step && each.stream !== "fraisier").map(({ line }) => line);
}

describe("an etl fraise", () => {
  it("checks its script and lays it out; nothing is run unless asked for", async () => {
    const scenario = await warehouse("script_path: ./etl/run.py");
    await scenario.start();
    const revision = await scenario.commit("1", { "etl/run.py": GOOD });
    await scenario.push();
    const { id, status } = await scenario.settled(revision);
    expect(status).toBe("succeeded");
    const detail = await scenario.store.deployments.detail(id);
    expect(detail?.steps.map(({ step }) => step)).toEqual([
      "check-requirements",
      "fetch-source",
      "check-branch",
      "check-script",
      "lay-out-release",
      "check-syntax",
      "switch-release",
      "prune-releases",
    ]);
    // The check wrote nothing into the release.
    expect(readdirSync(join(scenario.app, "current/etl"))).toEqual(["run.py"]);
  });

  it("runs it after the deployment where asked for, with its output in the log", async () => {
    const scenario = await warehouse("script_path: etl/run.py\ninterpreter: python3 -u\nrun_after_deploy: true");
    await scenario.start();
    const revision = await scenario.commit("1", { "etl/run.py": GOOD });
    await scenario.push();
    const { id, status } = await scenario.settled(revision);
    expect(status).toBe("succeeded");
    expect(await output(scenario, id, "run-script")).toEqual([`loading ${revision}`]);
  });

  it("runs it with an interpreter that the release itself brings", async () => {
    const make = "mkdir -p .venv/bin && ln -s $(command -v python3) .venv/bin/python";
    const scenario = await warehouse(
      `script_path: run.py\ninterpreter: .venv/bin/python\nrun_after_deploy: true\ninstall: ${make}`,
    );
    await scenario.start();
    const broken = await scenario.commit("1", { "run.py": "def broken(:\n" });
    await scenario.push();
    expect(await scenario.settled(broken)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("check-syntax"),
    });
    const good = await scenario.commit("2", { "run.py": GOOD });
    await scenario.push();
    expect(await scenario.settled(good)).toMatchObject({ status: "succeeded" });
  });

  it.each([
    ["a script that is not in the revision", { "jobs/run.py": GOOD }, "etl/run.py is not in", "Is it jobs/run.py?"],
    ["a folder", { "etl/run.py/x": GOOD }, "etl/run.py is a folder in", ""],
  ])("refuses %s before anything is touched", async (_, files, reason, hint) => {
    const scenario = await warehouse("script_path: etl/run.py");
    await scenario.start();
    const revision = await scenario.commit("1", files);
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining(reason),
      hint: expect.stringContaining(hint),
    });
    expect(readdirSync(scenario.app)).toEqual([]);
  });

  it("refuses one that nothing runs, and takes one that is executable, or says it in its first line", async () => {
    const scenario = await warehouse("script_path: etl/run\nrun_after_deploy: true");
    await scenario.start();
    const plain = await scenario.commit("1", { "etl/run": "echo hello\n" });
    await scenario.push();
    expect(await scenario.settled(plain)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("etl/run is not executable in"),
    });
    const shebang = await scenario.commit("2", { "etl/run": "#!/usr/bin/env bash\necho hello $BASH_VERSION\n" });
    await scenario.push();
    const second = await scenario.settled(shebang);
    expect(second.status).toBe("succeeded");
    expect((await output(scenario, second.id, "run-script"))[0]).toMatch(/^hello \d/);
    await scenario.git("update-index", "--chmod=+x", "etl/run");
    await scenario.git("commit", "--quiet", "--message", "executable");
    const executable = (await scenario.git("rev-parse", "HEAD")).trim();
    await scenario.push();
    expect(await scenario.settled(executable)).toMatchObject({ status: "succeeded" });
  });

  it.each([
    ["run.py", "def broken(:\n"],
    ["run.sh", "if true; then\n"],
    ["run.mjs", "const = 1;\n"],
  ])("does not let a broken %s go live", async (name, text) => {
    const scenario = await warehouse(`script_path: ${name}`);
    await scenario.start();
    const revision = await scenario.commit("1", { [name]: text });
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("check-syntax ended with exit code"),
    });
    expect(existsSync(join(scenario.app, "current"))).toBe(false);
  });

  it("goes back when the run fails, or its runner dies, and does not run it twice", async () => {
    const scenario = await warehouse("script_path: run.sh\nrun_after_deploy: true\nrun_timeout: 20s");
    await scenario.start();
    const script = (end: string): string => `echo run >> "$SINK"\n${end}\n`;
    const good = await scenario.commit("1", { "run.sh": script("true") });
    await scenario.push();
    const before = await scenario.settled(good, "succeeded");
    const bad = await scenario.commit("2", { "run.sh": script("echo no such table >&2; exit 7") });
    await scenario.push();
    expect(await scenario.settled(bad)).toMatchObject({
      status: "rolled_back",
      reason: "run-script ended with exit code 7",
      hint: "no such table",
    });
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${before.id}`);
    const slow = await scenario.commit("3", { "run.sh": script("exec sleep 15") });
    await scenario.push();
    const { id } = await scenario.settled(slow, "running");
    const runs = (): number => readFileSync(join(scenario.folder, "sink"), "utf8").split("\n").length - 1;
    await until("the run", async () => runs() === 3);
    const row = (await scenario.store.deployments.detail(id))?.deployment as DeploymentRow;
    process.kill((JSON.parse(row.runnerIdentity ?? "{}") as { pid: number }).pid, "SIGKILL");
    expect(await scenario.settled(slow)).toMatchObject({ status: "rolled_back" });
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${before.id}`);
    expect(runs()).toBe(3);
  });
});

describe("an etl fraise that takes its code from another one", () => {
  const NIGHTLY = `nightly:
  type: etl
  repository: acme/shop
  clone_url: $FOLDER/shop.git
  environments:
    production:
      branch: main
      code_from: shop
      script_path: nightly.py
      run_after_deploy: true
      verify: [{ type: command, command: test -f VERSION }]
`;
  const NIGHTLY_SCRIPT = "import os\nopen(os.environ['SINK'], 'a').write(open('VERSION').read())\n";

  async function settledFor(scenario: Scenario, fraise: string, revision: string): Promise<DeploymentRow> {
    let row: DeploymentRow | undefined;
    await until(`${fraise} at ${revision.slice(0, 7)}`, async () => {
      const history = await scenario.store.deployments.history({ limit: 20 });
      const found = history.find((each) => each.fraise === fraise && each.revision === revision);
      row = found === undefined ? undefined : (await scenario.store.deployments.detail(found.id))?.deployment;
      return row?.finishedAt !== undefined && row !== undefined;
    });
    return row as DeploymentRow;
  }

  it("waits for it, runs from its release, and makes none of its own", async () => {
    const scenario = await warehouse("script_path: nightly.py\nbuild: sleep 1", NIGHTLY);
    await scenario.start();
    const revision = await scenario.commit("1", { "nightly.py": NIGHTLY_SCRIPT });
    await scenario.push();
    const lender = await settledFor(scenario, "shop", revision);
    const nightly = await settledFor(scenario, "nightly", revision);
    expect([lender.status, nightly.status]).toEqual(["succeeded", "succeeded"]);
    expect((nightly.startedAt ?? "") >= (lender.finishedAt ?? "~")).toBe(true);
    expect(readFileSync(join(scenario.folder, "sink"), "utf8")).toBe("1\n");
    expect(readdirSync(join(scenario.app, "releases"))).toEqual([lender.id]);
    expect(lstatSync(join(scenario.app, "current")).isSymbolicLink()).toBe(true);
  });

  it("is skipped where the other one did not take the revision, and refused to a person who asks for it", async () => {
    const scenario = await warehouse("script_path: nightly.py\ntest: test ! -e broken", NIGHTLY);
    await scenario.start();
    const good = await scenario.commit("1", { "nightly.py": NIGHTLY_SCRIPT });
    await scenario.push();
    await settledFor(scenario, "nightly", good);
    const bad = await scenario.commit("2", { broken: "" });
    await scenario.push();
    expect((await settledFor(scenario, "shop", bad)).status).toBe("failed");
    expect(await settledFor(scenario, "nightly", bad)).toMatchObject({
      status: "skipped",
      reason: `shop/production, whose code it uses, runs ${good.slice(0, 7)} and not ${bad.slice(0, 7)}`,
    });
    await scenario.stop();
    const plan = await scenario.fraisier("plan", "nightly", "production");
    expect(plan.stdout).toContain(`would not be deployed: shop/production runs ${good}`);
    const asked = await scenario.fraisier("deploy", "nightly", "production");
    expect(asked).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(`runs ${good.slice(0, 7)} and not`) });
    expect(readFileSync(join(scenario.folder, "sink"), "utf8")).toBe("1\n");
  });

  it("is never shown at a revision that its lender has left: rollback and promotion of the lender are seen at once", async () => {
    const scenario = await warehouse("script_path: nightly.py", NIGHTLY);
    await scenario.start();
    const first = await scenario.commit("1", { "nightly.py": NIGHTLY_SCRIPT });
    await scenario.push();
    await settledFor(scenario, "nightly", first);
    const second = await scenario.commit("2");
    await scenario.push();
    await settledFor(scenario, "nightly", second);
    const inStep = await scenario.fraisier("status", "nightly");
    expect(inStep.stdout).toMatch(new RegExp(`nightly/production +${second.slice(0, 7)} main .* active`));

    expect(await scenario.fraisier("rollback", "shop", "production")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("its code is read by nightly/production, too"),
    });
    const drift = `its code is that of shop/production, which runs ${first.slice(0, 7)} now; it was deployed at ${second.slice(0, 7)}`;
    const told = await scenario.fraisier("status", "nightly");
    expect(told.stdout).toMatch(new RegExp(`nightly/production +${first.slice(0, 7)} of shop/production `));
    expect(told.stdout).toContain(`drift: ${drift}`);
    const command = `fraisier deploy nightly production --revision ${first}`;
    expect(told.stdout).toContain(command);
    expect(JSON.parse((await scenario.fraisier("status", "nightly", "--json")).stdout)).toMatchObject({
      targets: [
        { revision: second, drift, code: { name: "shop/production", revision: first }, advice: expect.any(String) },
      ],
    });
    expect((await scenario.fraisier("why", "nightly", "production")).stdout).toContain(
      `nightly/production reads the code of shop/production, which runs ${first.slice(0, 7)}; it was deployed with main at ${second.slice(0, 7)}`,
    );
    // Monitors ask the daemon, which hears of the rollback when it ends.
    await until("the daemon to see it", async () => {
      const answer = await (await fetch(`${scenario.url}/_deploy/status`)).json();
      const { targets } = answer as { targets: readonly { target: string; drift: string }[] };
      return targets.find(({ target }) => target === "nightly/production")?.drift === drift;
    });
    // What is seen now says nothing of the revision that it was deployed with, and a promotion must not rely on it.
    const verified = await scenario.fraisier("verify", "nightly", "production", "--json");
    expect(JSON.parse(verified.stdout)).toMatchObject({ status: "passed", recorded: false });
    // Nothing was run by itself: what a script does to other systems is not taken back by switching code.
    expect(readFileSync(join(scenario.folder, "sink"), "utf8")).toBe("1\n2\n");

    expect((await scenario.fraisier(...command.split(" ").slice(1), "--wait")).exitCode).toBe(0);
    expect(readFileSync(join(scenario.folder, "sink"), "utf8")).toBe("1\n2\n1\n");
    expect(JSON.parse((await scenario.fraisier("status", "nightly", "--json")).stdout)).toMatchObject({
      targets: [{ revision: first, drift: "", advice: null }],
    });
    // A lender that is deployed by hand, as a promotion does it, leaves its borrower behind as well.
    const third = await scenario.commit("3");
    await scenario.git("push", "--quiet", "origin", "main:refs/heads/elsewhere");
    expect((await scenario.fraisier("deploy", "shop", "production", "--revision", third, "--wait")).exitCode).toBe(0);
    expect((await scenario.fraisier("status", "nightly")).stdout).toMatch(
      new RegExp(
        `nightly/production +${third.slice(0, 7)} of shop/production .*it was deployed at ${first.slice(0, 7)}`,
      ),
    );
  });
});
