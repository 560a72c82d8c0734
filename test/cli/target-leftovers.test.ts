import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import { onTerminal } from "../helpers/terminal.ts";

const PROGRAM = process.env["FRAISIER_TEST_PROGRAM"] ?? join(import.meta.dirname, "../../src/main.ts");

describe("a target that leaves fraises.yaml", () => {
  it("takes its variables along, keeps its history within reach, and its hold can still be ended", async () => {
    const scenario = await createScenario();
    await scenario.commit("1");
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
    await scenario.commit("2 broken");
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(1);
    await scenario.fraisierReads("s3cret", "env", "set", "shop", "API_KEY", "--target", "production");
    const add = [
      "target",
      "add",
      "shop",
      "staging",
      "--branch",
      "next",
      "--app-path",
      join(scenario.folder, "staging"),
    ];
    expect((await scenario.fraisier(...add)).stdout).toContain(`-m 2750 ${join(scenario.folder, "staging")}`);

    const dry = await scenario.fraisier("target", "remove", "shop", "production", "--dry-run");
    expect(dry.stdout).toContain("its variables would be deleted: API_KEY");
    const removed = await scenario.fraisier("target", "remove", "shop", "production", "--yes");
    expect(removed.stdout).toContain("its variables are deleted: API_KEY");
    expect(removed.stdout).toContain(`${scenario.app} stays`);
    expect(await scenario.store.variables.of({ fraise: "shop", environment: "production", job: "" })).toEqual([]);

    expect((await scenario.fraisier("history", "shop", "production")).stdout).toContain("rolled_back");
    expect((await scenario.fraisier("why", "shop", "production")).stdout).toContain("not healthy");
    expect((await scenario.fraisier("show", "last")).exitCode).toBe(0);
    const resumed = await scenario.fraisier("resume", "shop", "production");
    expect(resumed.stdout).toContain("shop/production is no longer on hold");
    expect((await scenario.fraisier("release", "shop", "nowhere")).exitCode).toBe(2);
  });

  it("asks on a terminal, where Enter and Ctrl-D say no, and asks for its variables by themselves", async () => {
    const scenario = await createScenario();
    const file = join(scenario.folder, "fraises.yaml");
    await scenario.fraisierReads("s3cret", "env", "set", "shop", "API_KEY", "--target", "production");
    await scenario.fraisier("target", "add", "shop", "staging", "--branch", "next", "--app-path", `${scenario.app}-2`);
    const before = readFileSync(file, "utf8");
    const env = { ...(process.env as Record<string, string>), FRAISIER_CONFIG: file, SCENARIO_SECRET: "a secret" };
    const remove = [process.execPath, PROGRAM, "target", "remove", "shop", "production"];
    for (const no of ["\r", "\u0004", "n"]) {
      const { exitCode, screen } = await onTerminal(remove, env, [["Remove shop/production?", no]]);
      expect(screen).not.toContain("a bug");
      expect(exitCode).toBe(1);
      expect(readFileSync(file, "utf8")).toBe(before);
    }
    const yes = await onTerminal(remove, env, [
      ["Remove shop/production?", "y"],
      ["Delete its variables, too (API_KEY)?", "\r"],
    ]);
    expect(yes.screen).toContain("its variables are kept");
    expect(yes.exitCode).toBe(0);
    expect(readFileSync(file, "utf8")).not.toContain("production:");
    const names = await scenario.store.variables.of({ fraise: "shop", environment: "production", job: "" });
    expect(names.map(({ name }) => name)).toEqual(["API_KEY"]);
  });

  it("keeps its variables when told so; they can be listed and deleted without the target", async () => {
    const scenario = await createScenario();
    await scenario.fraisierReads("s3cret", "env", "set", "shop", "API_KEY", "--target", "production");
    await scenario.fraisier(
      "target",
      "add",
      "shop",
      "staging",
      "--branch",
      "next",
      "--app-path",
      join(scenario.folder, "s"),
    );
    await scenario.fraisier("target", "remove", "shop", "production", "--yes", "--keep-variables");
    const listed = await scenario.fraisier("env", "list", "shop", "--target", "production");
    expect(listed.stdout).toContain("API_KEY");
    expect((await scenario.fraisier("env", "delete", "shop", "API_KEY", "--target", "production")).exitCode).toBe(0);
    expect((await scenario.fraisier("env", "list", "shop", "--target", "production")).exitCode).toBe(2);
  });

  it("lists the commands that end the timers of its jobs, and a fraise with jobs names them if one is needed", async () => {
    const scenario = await createScenario({
      fraises: `reports:
  type: scheduled
  repository: acme/shop
  clone_url: $FOLDER/shop.git
  environments:
    production: { branch: main, app_path: $FOLDER/reports, scope: user, jobs: { daily: { command: echo, schedule: daily, systemd_service: r-daily.service, systemd_timer: r-daily.timer }, weekly: { command: echo, schedule: weekly, systemd_service: r-weekly.service, systemd_timer: r-weekly.timer } } }`,
    });
    const deploy = await scenario.fraisier("deploy", "reports", "production");
    expect(deploy.exitCode).toBe(2);
    expect(deploy.stderr).toMatch(
      /reports\/production has jobs: which one\?\nhint: reports\/production\/daily, or reports\/production\/weekly/,
    );
    const removed = await scenario.fraisier("target", "remove", "reports", "production", "--yes", "--json");
    const { next } = JSON.parse(removed.stdout) as { next: readonly string[] };
    expect(next[0]).toMatch(
      /^sudo systemctl --machine=\S+@\.host --user disable --now r-daily\.timer r-daily\.service$/,
    );
  });
});

describe("fraisier target add with a bare repository", () => {
  it("takes forge and name from the folder, makes the secret, and prints the commands after which a push is queued", async () => {
    const scenario = await createScenario();
    const file = join(scenario.folder, "fraises.yaml");
    const head = `store: { url: "sqlite:fraisier.db" }\nserver: { listen: "${new URL(scenario.url).host}" }`;
    writeFileSync(file, `${head}\ngit: { github: { webhook_secret: "\${X_SECRET}" } }\nfraises: {}\n`);
    await scenario.program("git", "-C", scenario.bare, "config", "--remove-section", "fraisier");
    const add = ["target", "add", "blog", "production", "--clone-url", scenario.bare, "--branch", "main", "--json"];
    const place = ["--app-path", join(scenario.folder, "blog")];
    const done = await scenario.with({ X_SECRET: "0123456789abcdef" }).fraisier(...add, ...place);
    expect(done.stderr).toBe("");
    const { next } = JSON.parse(done.stdout) as { next: readonly string[] };
    expect(next[0]).toMatch(/^sudo install -d -o \S+ -g \S+ -m 2750 \S+\/blog$/);
    const edited = readFileSync(file, "utf8");
    expect(edited).toMatch(/provider: git\b/);
    expect(edited).toContain("repository: shop");
    expect(edited).toContain("${GIT_WEBHOOK_SECRET}");
    expect(readFileSync(join(scenario.folder, "webhook-secrets"), "utf8")).toMatch(
      /^GIT_WEBHOOK_SECRET=[0-9a-f]{64}\n$/,
    );

    const hook = next.filter((command) => command.includes(scenario.bare));
    for (const command of hook) await scenario.program("sh", "-euc", command.replaceAll("sudo ", ""));
    await scenario.start();
    await scenario.commit("1");
    expect(await scenario.push()).toContain("blog/production: queued");
  });
});
