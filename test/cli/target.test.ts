import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openApp } from "../../src/compose/app.ts";
import { checkDatabase } from "../../src/cli/targets/check-database.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

const configOf = (scenario: Scenario): string => join(scenario.folder, "fraises.yaml");
const textOf = (scenario: Scenario): string => readFileSync(configOf(scenario), "utf8");

describe("fraisier target", () => {
  it("adds, changes and removes targets, shows a diff, and keeps who may read the file", async () => {
    const scenario = await createScenario({ environment: "timeout: 5m" });
    const target = (...args: readonly string[]) => scenario.fraisier("target", ...args);
    // A link into a folder under version control, as people have it.
    const real = join(scenario.folder, "real.yaml");
    renameSync(configOf(scenario), real);
    symlinkSync(real, configOf(scenario));
    writeFileSync(real, `# ours\n${readFileSync(real, "utf8")}`);
    chmodSync(real, 0o640);
    if (process.getuid?.() === 0) chownSync(real, 65_534, 65_534);
    const owner = statSync(real).uid;
    const before = textOf(scenario);
    const add = [
      "add",
      "blog",
      "production",
      "--repository",
      "acme/blog",
      "--branch",
      "main",
      "--app-path",
      join(scenario.folder, "blog"),
      "--clone-url",
      scenario.bare,
      "--service",
      "blog.service",
      "--set",
      "health_check.timeout=5s",
      "--set",
      "keep_releases=3",
      "--health-url",
      "http://127.0.0.1:1/",
    ];
    const dry = await target(...add, "--dry-run");
    expect(dry.stdout).toMatch(/^\+ {2}blog:$[\s\S]*^\+ {8}branch: main$[\s\S]*dry run: nothing was written/m);
    expect(textOf(scenario)).toBe(before);
    const added = await target(...add);
    expect(added).toMatchObject({ exitCode: 0, stderr: "" });
    expect(textOf(scenario)).toContain("# ours\n");
    expect((await target("list")).stdout).toContain("blog/production");
    expect(JSON.parse((await target("show", "blog", "production", "--json")).stdout)).toMatchObject({
      fraise: "blog",
      clone_url: "***",
      settings: { keep_releases: 3, health_check: { timeout: 5000 }, service: { unit: "blog.service" } },
    });
    const updated = await target(
      "update",
      "blog",
      "production",
      "--set",
      "keep_releases=4",
      "--unset",
      "systemd_service",
      "--json",
    );
    expect(JSON.parse(updated.stdout)).toMatchObject({
      written: true,
      diff: expect.stringContaining("-        keep_releases: 3\n"),
    });
    expect((await target("update", "blog", "production", "--set", "keep_releases=4")).stdout).toContain(
      "says so already",
    );
    await target("update", "blog", "production", "--set", 'branches=[main, "rel/*"]');
    const branches = async (): Promise<unknown> =>
      JSON.parse((await target("show", "blog", "production", "--json")).stdout).branches;
    expect(await branches()).toEqual(["main", "rel/*"]);
    await target("update", "blog", "production", "--branch", "prod-only");
    expect(await branches()).toEqual(["prod-only"]);
    await target("update", "blog", "production", "--branch", "main");
    expect((await target("remove", "blog", "production")).stderr).toContain("say --yes");
    expect((await target("remove", "blog", "production", "--yes")).exitCode).toBe(0);
    expect(textOf(scenario)).toBe(before);
    expect(statSync(real)).toMatchObject({ mode: 0o100640, uid: owner });
  });

  it("writes nothing that would not load, and says where it is wrong", async () => {
    const scenario = await createScenario();
    const before = textOf(scenario);
    const refused: readonly (readonly [readonly string[], string])[] = [
      [["update", "shop", "production", "--set", "timout=3s"], 'unknown key "timout"'],
      [["update", "shop", "staging", "--set", "timeout=3s"], "shop has production"],
      [["add", "shop", "staging", "--branch", "main", "--app-path", scenario.app], "is also that of shop/production"],
      [["add", "blog", "production", "--branch", "main", "--app-path", "/srv/x"], "--repository is missing"],
      [["add", "shop"], "which environment of shop?"],
    ];
    for (const [args, message] of refused) {
      const { exitCode, stderr } = await scenario.fraisier("target", ...args);
      expect(stderr).toContain(message);
      expect(exitCode).toBe(2);
    }
    expect(textOf(scenario)).toBe(before);
  });

  it("writes as text what the schema wants as text, however much it looks like a number", async () => {
    const scenario = await createScenario();
    for (const name of ["1.10", "007", "20240101000000000000", "true", "-1"]) {
      for (const how of [
        ["--branch", name],
        ["--set", `branch=${name}`, "--set", "keep_releases=4"],
      ]) {
        const done = await scenario.fraisier("target", "update", "shop", "production", ...how);
        expect(done).toMatchObject({ exitCode: 0, stderr: "" });
        const shown = await scenario.fraisier("target", "show", "shop", "production", "--json");
        expect(JSON.parse(shown.stdout)).toMatchObject({ branches: [name] });
        expect(textOf(scenario)).toContain(`branch: "${name}"`);
      }
    }
    expect(textOf(scenario)).toContain("keep_releases: 4\n");
    const wrong = await scenario.fraisier(
      "target",
      "update",
      "shop",
      "production",
      "--branch",
      "2",
      "--set",
      "timeout=x",
    );
    expect(wrong.stderr).toContain('"x" is not a duration');
    expect(wrong.stderr).not.toContain("branch");
  });

  it("shows no secret that stands beside a change, as text or as JSON", async () => {
    const scenario = await createScenario();
    const inline = textOf(scenario)
      .replace('"${SCENARIO_SECRET}"', "hook-s3cret-42")
      .replace(/clone_url: .*/, "clone_url: https://t0ken-42@example.org/shop.git")
      .replace(
        "        branch: main\n",
        '        database: { tool: sql, url: "postgres://shop:pa55word@db/shop" }\n        branch: main\n',
      );
    writeFileSync(configOf(scenario), inline);
    const secrets = /hook-s3cret-42|t0ken-42|pa55word|n3w-pass/;
    for (const more of [[], ["--json"]]) {
      for (const set of ["database.url=postgres://shop:n3w-pass@db/shop", "branch=next"]) {
        const done = await scenario.fraisier(
          "target",
          "update",
          "shop",
          "production",
          "--set",
          set,
          "--dry-run",
          ...more,
        );
        expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("***") });
        expect(done.stdout).not.toMatch(secrets);
      }
    }
    expect(textOf(scenario)).toBe(inline);
  });

  it("tests whether a target can be deployed, and shows everything that is wrong at once", async () => {
    const scenario = await createScenario();
    await scenario.commit("1");
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production", "--wait")).exitCode).toBe(0);
    await scenario.fraisier("env", "set", "shop", "TOKEN", "a token", "--target", "production");
    const good = await scenario.fraisier("target", "test", "shop", "production");
    expect(good.stdout).toMatch(/repository +ok +1 branch or tag, main at [0-9a-f]{7}/);
    expect(good.stdout).toMatch(/health check +ok +.* answers 200/);
    expect(good.stdout).toMatch(/variables +ok +1 set, 0 required/);
    expect(good.stdout).toMatch(/service +ok/);
    expect(good.exitCode).toBe(0);

    const text = textOf(scenario)
      .replace(/clone_url: .*/, "clone_url: https://ci:s3cretpass@127.0.0.1:1/shop.git")
      .replace(/health_check: .*/, `health_check: { url: "http://127.0.0.1:1/" }`)
      .concat(
        `        min_free_space: 900TB\n        required_env_vars: [DATABASE_URL]\n        environment_file: /absent/x.env\n`,
      );
    writeFileSync(configOf(scenario), text);
    const bad = await scenario.fraisier("target", "test", "shop", "production", "--json");
    expect(bad.exitCode).toBe(1);
    const { checks } = JSON.parse(bad.stdout) as { checks: { check: string; ok: boolean; seen: string }[] };
    expect(checks.filter(({ ok }) => !ok).map(({ check }) => check)).toEqual([
      "repository",
      "free space",
      "variables",
      "environment_file",
      "health check",
    ]);
    expect(bad.stdout).not.toContain("s3cretpass");
    expect(bad.stdout).toContain("fraisier env set shop/production DATABASE_URL");
  });

  it.each([
    ["User=web", "web"],
    ["User=web\nGroup=www-data", "www-data"],
    ["User=\nGroup=", "$SERVICE"],
  ])("add prints the command that makes the folder for the group of a unit with %j", async (properties, group) => {
    const scenario = await createScenario();
    const programs = join(scenario.folder, "programs");
    mkdirSync(programs);
    const answer = `Id=blog.service\nLoadState=loaded\n${properties}\nWorkingDirectory=/srv/blog/current`;
    writeFileSync(join(programs, "systemctl"), `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`, { mode: 0o755 });
    scenario.with({ PATH: `${programs}:${process.env["PATH"]}` });
    const names = ["blog", "production", "--repository", "acme/blog", "--branch", "main"];
    const places = ["--app-path", "/srv/my blog", "--clone-url", scenario.bare, "--service", "blog.service"];
    const { stdout } = await scenario.fraisier("target", "add", ...names, ...places, "--dry-run");
    const service = userInfo().username;
    expect(stdout).toContain(
      `sudo install -d -o ${service} -g ${group.replace("$SERVICE", service)} -m 2750 '/srv/my blog'`,
    );
  });
});

const DATABASE = {
  tool: "sql",
  migrations: undefined,
  strategy: "apply",
  allow_rebuild_in_production: false,
  timeout: undefined,
  lock_timeout: 1_000,
  user: undefined,
} as const;

describe("asking a database", () => {
  it("asks SQLite and PostgreSQL with their own clients, and never makes a file", async () => {
    const scenario = await createScenario();
    const app = await openApp(configOf(scenario));
    const [target] = app.config.targets;
    if (target === undefined) throw new Error("the scenario has a target");
    const ask = (text: string | undefined): Promise<string> =>
      checkDatabase({
        ...app,
        env: { PATH: process.env["PATH"] ?? "" },
        target: {
          ...target,
          settings: {
            ...target.settings,
            database: { ...DATABASE, url: text === undefined ? undefined : { reveal: () => text } },
          },
        },
      });
    const file = join(scenario.folder, "shop.db");
    await expect(ask(`sqlite:${file}`)).rejects.toThrow(`there is no ${file}`);
    execFileSync("sqlite3", [file, "create table a (b)"]);
    expect(await ask(`sqlite:${file}`)).toContain("it answers");
    mkdirSync(join(scenario.folder, "folder.db"));
    await expect(ask(`sqlite:${join(scenario.folder, "folder.db")}`)).rejects.toThrow("unable to open");
    const failure = await ask("postgres://shop:pa%3Ass@127.0.0.1:1/shop").catch(String);
    expect(failure).toMatch(/refused/i);
    expect(failure).not.toContain("pa:ss");
    expect(await ask("oracle:x")).toContain("not asked");
    expect(await ask(undefined)).toContain("no url");
    await app.store.close();
  });
});
