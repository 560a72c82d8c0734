import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario, ScenarioOptions } from "../helpers/scenario.ts";

/** Everything below the scenario's folder (app_path, the state directory, the repository) to the byte, and every row of the store. */
function snapshot({ folder }: Scenario): Record<string, unknown> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((each): [string, string] => {
    const path = join(each.parentPath, each.name);
    if (each.isSymbolicLink()) return [path, `-> ${readlinkSync(path)}`];
    return [path, each.isFile() ? readFileSync(path, "base64") : "a folder"];
  });
  // The engine's own files move when anybody looks: of the store it is the rows that count.
  const files = entries.filter(([path]) => !/fraisier\.db(-wal|-shm)?$/.test(path));
  const database = new Database(join(folder, "fraisier.db"), { readonly: true });
  const tables = database.prepare("select name from sqlite_master where type = 'table'").pluck().all() as string[];
  const rows = tables.map((table): [string, unknown] => [table, database.prepare(`select * from ${table}`).all()]);
  database.close();
  return Object.fromEntries([...files, ...rows]);
}

const GROUPS = `groups:
  - { name: services, order: 2, file_patterns: ["*.service"], deploy_command: "systemctl restart {service_name}" }
  - name: migrations
    order: 1
    file_patterns: ["migrations/*.sql"]
    changed_only: true
    deploy_command: [cat, "{file}"]
    rollback_command: "true"
    required_env_vars: [NOT_THERE]
`;
const FILES = { "a shop.service": "x", "migrations/1.sql": "1", "run.py": "print(1)\n", "deploy.sh": "true\n" };

const CASES: readonly (readonly [what: string, options: ScenarioOptions, says: readonly string[]])[] = [
  ["api", {}, ["Restart", "check-health"]],
  ["api in place", { layout: "in_place" }, ["advance-checkout"]],
  [
    "etl",
    { type: "etl", environment: "script_path: run.py\nrun_after_deploy: true" },
    ["would run: python3 ./run.py", "run-script"],
  ],
  ["etl without its script", { type: "etl", environment: "script_path: gone.py" }, ["would fail: gone.py is not in"]],
  ["script", { type: "script" }, ["would run: sh ./deploy.sh"]],
  [
    "groups",
    { type: "groups", environment: GROUPS },
    [
      "would fail: required_env_vars not set: NOT_THERE",
      "group:migrations:\n  cat migrations/1.sql",
      "group:services:\n  systemctl restart 'a shop.service'",
      "(stays after a failure: no rollback_command)",
    ],
  ],
];

async function pushed(options: ScenarioOptions): Promise<Scenario> {
  const scenario = await createScenario(options);
  await scenario.commit("0");
  await scenario.push();
  if (options.layout === "in_place") await scenario.git("clone", "--quiet", scenario.bare, scenario.app);
  await scenario.commit("1", FILES);
  await scenario.push();
  return scenario;
}

describe("fraisier plan", () => {
  it.each(CASES)("says what would be done, and changes nothing: %s", async (_, options, says) => {
    const scenario = await pushed(options);
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith("fraisier-plan-"));
    const before = snapshot(scenario);
    const plan = await scenario.fraisier("plan", "shop", "production");
    expect(plan).toMatchObject({ exitCode: 0, stderr: "" });
    for (const words of says) expect(plan.stdout).toContain(words);
    expect(snapshot(scenario)).toEqual(before);
    expect((await scenario.fraisier("deploy", "shop", "production", "--dry-run")).stdout).toBe(plan.stdout);
    const json = JSON.parse((await scenario.fraisier("plan", "shop", "production", "--json")).stdout) as {
      steps: { step: string; finds: string[] }[];
    };
    expect(json.steps.map(({ step }) => step)).toContain("fetch-source");
    expect(snapshot(scenario)).toEqual(before);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("fraisier-plan-"))).toEqual(left);
  });

  it("looks into the mirror where it has the revision, and leaves that as it is too", async () => {
    const scenario = await pushed({ type: "groups", environment: GROUPS.replace("[NOT_THERE]", "[]") });
    const skip = ["--skip-group", "services"];
    const done = await scenario.fraisier("deploy", "shop", "production", ...skip);
    expect(done.exitCode).toBe(0);
    const same = snapshot(scenario);
    expect((await scenario.fraisier("plan", "shop", "production")).stdout).toContain("no file has changed");
    expect(snapshot(scenario)).toEqual(same);
    await scenario.commit("2", { "migrations/2.sql": "2" });
    await scenario.push();
    const before = snapshot(scenario);
    const plan = await scenario.fraisier("plan", "shop", "production", ...skip);
    expect(plan.stdout).toContain("group:migrations:\n  cat migrations/2.sql\n");
    expect(plan.stdout).not.toContain("migrations/1.sql");
    expect(plan.stdout).not.toContain("group:services");
    expect(snapshot(scenario)).toEqual(before);
  });

  it("says what a deployment would wait for, and that the target is on hold", async () => {
    const scenario = await createScenario();
    await scenario.commit("1");
    await scenario.push();
    const bad = await scenario.fraisier("deploy", "shop", "production");
    expect(bad.exitCode).toBe(0);
    await scenario.commit("2 broken");
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(1);
    await scenario.fraisier("lock", "shop", "--reason", "database move");
    for (const verb of [["plan"], ["deploy", "--dry-run"]]) {
      const [command = "", ...options] = verb;
      const { stdout } = await scenario.fraisier(command, "shop", "production", ...options);
      expect(stdout).toMatch(/^The target is on hold: .*500, not 200\./m);
      expect(stdout).toMatch(/^It would wait now: \S+ locked shop\/every environment: database move$/m);
    }
    await scenario.fraisier("unlock", "shop");
    const unlocked = await scenario.fraisier("plan", "shop");
    expect(unlocked.stdout).toContain("not 200. A deployment by hand ends that.");
    expect(unlocked.stdout).not.toContain("It would wait");
  });

  it("leaves the option out that a type does not have, and says so", async () => {
    const scenario = await pushed({});
    const plan = await scenario.fraisier("plan", "shop", "production", "--no-health-check");
    expect(plan.stdout).not.toContain("check-health");
    const refused = await scenario.fraisier("plan", "shop", "production", "--group", "web");
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("shop/production has no component groups: it is of type api"),
    });
  });
});
