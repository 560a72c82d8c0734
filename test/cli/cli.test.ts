import { spawn } from "node:child_process";
import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { onTerminal } from "../helpers/terminal.ts";

const ROOT = join(import.meta.dirname, "../..");
const PROGRAM = process.env["FRAISIER_TEST_PROGRAM"] ?? join(ROOT, "src/main.ts");

/** Every file below a folder with its text, to compare before and after. */
function snapshot(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const isOurs = (path: string): boolean => !/fraisier\.db(-wal|-shm|\.poke)?$/.test(path);
  return Object.fromEntries(
    paths
      .map((each) => join(each.parentPath, each.name))
      .filter(isOurs)
      .map((path) => [path, readFileSync(path, "base64")]),
  );
}

describe("fraisier on the command line", () => {
  it("deploys in the foreground where no daemon runs, follows it, and exits with its outcome", async () => {
    const scenario = await createScenario({ environment: "build: echo building" });
    const revision = await scenario.commit("1");
    await scenario.push();
    const done = await scenario.fraisier("deploy", "shop", "production");
    expect(done.stderr).toBe("");
    expect(done.stdout).toMatch(/building[\s\S]*succeeded/);
    expect(done.exitCode).toBe(0);
    expect(await scenario.answer()).toBe("version 1");
    await scenario.commit("2 broken");
    await scenario.push();
    const bad = await scenario.fraisier("trigger-deploy", "shop", "production", "--wait");
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout).toMatch(/rolled_back: not healthy/);
    expect(await scenario.answer()).toBe("version 1");
    const again = await scenario.fraisier("deploy", "shop", "--revision", revision.slice(0, 7));
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain(`shop/production at ${revision.slice(0, 7)}`);
    const unknown = await scenario.fraisier("deploy", "shop", "--revision", "0123abc");
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("knows no commit 0123abc") });
  });

  it("leaves it to the daemon where one runs, and waits for it when asked to", async () => {
    const scenario = await createScenario();
    const revision = await scenario.commit("1");
    await scenario.push();
    await scenario.start();
    const done = await scenario.fraisier("deploy", "shop", "production", "--wait", "--json");
    expect(done.exitCode).toBe(0);
    const last = JSON.parse(done.stdout.trim().split("\n").at(-1) ?? "") as { status: string };
    expect(last.status).toBe("succeeded");
    expect(await scenario.settled(revision)).toMatchObject({
      trigger: "person",
      triggeredBy: expect.stringContaining("@"),
    });
  });

  it("says in a dry run what would be done, in order, and changes nothing", async () => {
    const scenario = await createScenario({
      environment: "install: npm ci\nshared: [uploads]\nhooks: { after_deploy: ./purge }",
    });
    const revision = await scenario.commit("1");
    await scenario.push();
    const before = snapshot(scenario.folder);
    const plan = await scenario.fraisier("deploy", "shop", "production", "--dry-run");
    expect(plan.exitCode).toBe(0);
    expect(plan.stdout).toContain(revision);
    const order = [
      "check-requirements",
      "fetch-source",
      "lay-out-release",
      "install",
      "switch-release",
      "restart-service",
      "check-health",
      "after_deploy",
    ];
    const places = order.map((step) => plan.stdout.indexOf(step));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(snapshot(scenario.folder)).toEqual(before);
    expect(await scenario.store.deployments.history({ limit: 1 })).toEqual([]);
  });

  it("shows status, history, phases, logs and deliveries, plain in a pipe and as JSON", async () => {
    const scenario = await createScenario({ environment: "build: \"printf '\\\\033[31mred\\\\033[0m\\\\n'\"" });
    expect((await scenario.fraisier("status")).stdout).toContain("never deployed");
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision);
    for (const command of [
      ["status"],
      ["history"],
      ["history", "shop"],
      ["show", id],
      ["show", "shop/production"],
      ["logs", "last"],
      ["logs", "shop"],
      ["why", "shop/production"],
      ["webhooks"],
      ["list"],
      ["providers"],
      ["config", "show"],
    ]) {
      const { exitCode, stdout, stderr } = await scenario.fraisier(...command);
      expect({ command, exitCode, stderr }).toEqual({ command, exitCode: 0, stderr: "" });
      expect(stdout).not.toContain("\u001b");
      expect(stdout.length).toBeGreaterThan(20);
      const json = await scenario.fraisier(...command, "--json");
      expect(() =>
        json.stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as unknown),
      ).not.toThrow();
    }
    expect((await scenario.fraisier("logs", id.slice(0, 8))).stdout).toContain("red");
    const status = JSON.parse((await scenario.fraisier("status", "--json")).stdout) as {
      targets: { target: string; revision: string }[];
    };
    expect(status.targets).toMatchObject([{ target: "shop/production", revision }]);
  });

  it("explains offline what a recorded delivery would do", async () => {
    const scenario = await createScenario();
    const body = {
      repository: "acme/shop",
      ref: "refs/heads/main",
      before: "1".repeat(40),
      after: "2".repeat(40),
      message: "x [skip ci]",
    };
    writeFileSync(join(scenario.folder, "event.json"), JSON.stringify(body));
    const { stdout, exitCode } = await scenario.fraisier("route", "--event", join(scenario.folder, "event.json"));
    expect(exitCode).toBe(0);
    expect(stdout).toContain("the commit message says [skip ci]");
  });

  it.each([
    [["nonsense"], 2, "unknown command"],
    [["deploy"], 2, "missing required argument"],
    [["deploy", "shop", "nowhere"], 2, "It has shop/production"],
    [["deploy", "shop", "production", "--revision", "abc"], 2, "is no commit hash, nor its first 7 digits"],
    [["deploy", "shop", "production", "--ref", "absent"], 2, "no branch or tag absent"],
    [["logs", "absent"], 2, "there is no deployment absent"],
    [["history", "--status", "good"], 2, "Allowed choices are queued"],
    [["history", "shop", "prodction"], 2, "Did you mean shop/production?"],
    [["stats", "shp"], 2, "Did you mean shop?"],
    [["history", "--since", "tomorrow"], 2, "a day as 2026-11-01"],
    [["logs", "shpo"], 2, "Did you mean shop?"],
    [["deploy", "shop/production", "staging"], 2, "staging is one word too many"],
    [["status", "-c", "/absent/fraises.yaml"], 2, "there is no /absent/fraises.yaml"],
  ])("fraisier %j exits with %i", async (command, exitCode, message) => {
    const scenario = await createScenario();
    await scenario.commit("1");
    await scenario.push();
    const result = await scenario.fraisier(...command);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(message);
    const json = await scenario.fraisier(...command, "--json");
    expect(json.exitCode).toBe(exitCode);
  });

  it("names every problem of a broken fraises.yaml, and starts nothing", async () => {
    const scenario = await createScenario();
    const file = join(scenario.folder, "fraises.yaml");
    writeFileSync(
      file,
      readFileSync(file, "utf8")
        .replace("branch:", "brnach:")

        .replace("type: api", "type: apii"),
    );
    const { exitCode, stderr } = await scenario.fraisier("serve");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /fraises\.yaml:8:11: fraises\.shop\.type is "apii", and must be one of api, .*; did you mean "api"\?/,
    );
    expect(stderr).toContain('unknown key "brnach"');
    expect(stderr).toContain("has 2 problems");
  });

  it("says what to do when the store cannot be opened", async () => {
    const scenario = await createScenario();
    const file = join(scenario.folder, "fraises.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/sqlite:[^"]+/, "sqlite:/proc/nothing/here.db"));
    const { exitCode, stderr } = await scenario.fraisier("status");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/cannot open the store[\s\S]*hint: /);
  });

  it("says which program is missing", async () => {
    const scenario = await createScenario();
    await scenario.commit("1");
    await scenario.push();
    const { exitCode, stderr } = await scenario.with({ PATH: "/nowhere" }).fraisier("deploy", "shop", "production");
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/git[\s\S]*hint: .*apt-get install git/);
  });

  it("ships a reference configuration that is valid, and a schema for it", async () => {
    const scenario = await createScenario();
    cpSync(join(ROOT, "fraises.yaml"), join(scenario.folder, "reference.yaml"));
    const valid = await scenario.fraisier(
      "config",
      "validate",
      "--no-secrets",
      "-c",
      join(scenario.folder, "reference.yaml"),
    );
    expect(valid).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("valid, 10 targets") });
    const schema = JSON.parse((await scenario.fraisier("config", "schema")).stdout) as {
      $schema: string;
      properties: object;
    };
    expect(schema.$schema).toContain("2020-12");
    expect(Object.keys(schema.properties)).toContain("branch_mapping");
  });

  it("takes an empty id for none, however few there are", async () => {
    const scenario = await withBackup();
    await scenario.start();
    await scenario.deliver({ before: "0".repeat(40), after: (await scenario.git("rev-parse", "HEAD")).trim() });
    await scenario.stop();
    for (const args of [
      ["backup", "restore", "shop", "production", "", "--yes"],
      ["backup", "verify", "shop", "production", ""],
      ["show", ""],
      ["logs", ""],
      ["cancel", ""],
      ["why", ""],
      ["webhooks", "replay", ""],
      ["rollback", "shop", "production", "--to-deployment", ""],
      ["rollback", "shop", "production", "--to-commit", ""],
      ["rollback", "shop", "production", "--to-version", ""],
    ]) {
      const done = await scenario.fraisier(...args);
      expect(done, args.join(" ")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("which ") });
    }
  });

  it.each([
    ["the end of the input", "\u0004"],
    ["Ctrl-C", "\u0003"],
    ["Escape", "\u001b"],
    ["another word", "no\r"],
  ])("takes %s for a no", async (_, typed) => {
    const scenario = await withBackup();
    const command = [process.execPath, PROGRAM, "backup", "restore", "shop", "production", "last"].join(" ");
    const env = { ...process.env, FRAISIER_CONFIG: join(scenario.folder, "fraises.yaml"), SCENARIO_SECRET: "a secret" };
    // A terminal for the question.
    const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], { env });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      if (!said.includes("to go on:") && (said + chunk.toString()).includes("to go on:")) child.stdin.write(typed);
      said += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(said).toContain("not confirmed: nothing was touched");
    expect(said).not.toContain("a bug");
    expect(code).toBe(2);
  });

  it("goes on when the word is typed that it asked for", async () => {
    const scenario = await withBackup();
    const command = [process.execPath, PROGRAM, "backup", "restore", "shop", "production", "last"];
    const env = { ...process.env, FRAISIER_CONFIG: join(scenario.folder, "fraises.yaml"), SCENARIO_SECRET: "a secret" };
    const { exitCode, screen } = await onTerminal(command, env, [
      ["Type shop/production to go on:", "shop/production\r"],
    ]);
    expect(screen).toMatch(/This replaces everything in the database of shop\/production by backup \w+/);
    expect(exitCode, screen).toBe(0);
  });
});

async function withBackup(): Promise<Scenario> {
  const scenario = await createScenario({
    environment: "database: { tool: command, up: 'true', backup: { dump: echo data, restore: cat } }",
  });
  await scenario.commit("1");
  await scenario.push();
  expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
  return scenario;
}
