import { existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

const TARGET = ["--target", "production"] as const;
const PASSWORD = "p%40ss-w0rd";
const URL_VALUE = `postgres://shop:${PASSWORD}@db.example/shop`;

async function withFile(scenario: Scenario): Promise<string> {
  const file = join(scenario.folder, "shop.env");
  const config = join(scenario.folder, "fraises.yaml");
  writeFileSync(config, readFileSync(config, "utf8").replace("ENVIRONMENT_FILE", file));
  return file;
}

describe("variables of a target", () => {
  it("may be all that a secret of the target needs: neither the daemon nor validation misses them elsewhere", async () => {
    const scenario = await createScenario({ environment: 'database: { tool: sql, url: "${SHOP_DATABASE}" }' });
    const missing = await scenario.fraisier("config", "validate");
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain(
      "SHOP_DATABASE is not set, nor for the target: fraisier env set shop/production SHOP_DATABASE",
    );
    await scenario.start();
    const revision = await scenario.commit("1", { "migrations/0001_a.sql": "create table a (b integer);" });
    await scenario.push();
    await until("the target waits for its variable", async () =>
      (await scenario.fraisier("status")).stdout.includes("SHOP_DATABASE is not set"),
    );
    const database = join(scenario.folder, "shop.db");
    await scenario.fraisierReads(`sqlite:${database}`, "env", "set", "shop", "SHOP_DATABASE", ...TARGET);
    expect(await scenario.fraisier("config", "validate")).toMatchObject({ exitCode: 0 });
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    expect(await scenario.program("sqlite3", database, ".tables")).toMatch(/^a /);

    const config = join(scenario.folder, "fraises.yaml");
    writeFileSync(config, readFileSync(config, "utf8").replace("/fraisier.db", "/other.db"));
    expect(await scenario.fraisier("config", "validate")).toMatchObject({ exitCode: 2 });
    expect(existsSync(join(scenario.folder, "other.db"))).toBe(false);
  });

  it("reach the build, are redacted in its log, and land in the EnvironmentFile, private", async () => {
    const scenario = await createScenario({
      environment: [
        "environment_file: ENVIRONMENT_FILE",
        "required_env_vars: [DATABASE_URL]",
        'build: \'printf "%s\\n" "$DATABASE_URL" "$KEY" "password is p@ss-w0rd" "{\\"k\\":\\"$QUOTED\\"}"; env > BUILD_ENV; test "$HOME" = /set/here\'',
      ].join("\n"),
    });
    const file = await withFile(scenario);
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    const refused = await scenario.settled(first);
    expect(refused).toMatchObject({ status: "failed", reason: "required_env_vars not set: DATABASE_URL" });
    expect(refused.hint).toContain("fraisier env set shop/production DATABASE_URL");
    expect((await scenario.fraisier("logs", refused.id)).stdout).toContain(
      "fraisier env set shop/production DATABASE_URL",
    );
    const plan = async (...args: readonly string[]): Promise<string> =>
      (await scenario.fraisier("plan", "shop", "production", ...args)).stdout;
    expect(await plan()).toContain("It would stop at once");
    expect(await plan("--skip-validation")).not.toContain("It would stop at once");
    expect(existsSync(join(scenario.app, "releases"))).toBe(false);

    await scenario.fraisierReads(`${URL_VALUE}\n`, "env", "set", "shop", "DATABASE_URL", ...TARGET);
    await scenario.fraisierReads(
      `KEY="-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----"\nHOME=/set/here\nQUOTED='say "hi" $now'\n`,
      "env",
      "import",
      "shop",
      ...TARGET,
    );
    const second = await scenario.commit("2");
    await scenario.push();
    const row = await scenario.settled(second);
    expect(row).toMatchObject({ status: "succeeded" });
    const built = readFileSync(join(scenario.app, "current/BUILD_ENV"), "utf8");
    expect(built).toContain(`DATABASE_URL=${URL_VALUE}`);
    const log = (await scenario.fraisier("logs", row.id)).stdout;
    expect(log).toContain("password is ***");
    expect(log).not.toMatch(/p%40ss|p@ss|abcdefgh|say "hi/);
    expect(JSON.stringify(await scenario.store.deployments.detail(row.id))).not.toMatch(/p%40ss|abcdefgh/);
    expect(scenario.daemonLog()).not.toMatch(/p%40ss|abcdefgh/);

    expect(statSync(file).mode & 0o777).toBe(0o600);
    const loaded = await scenario.program("sh", "-c", `set -a; . ${file}; env -0`);
    expect(loaded.split("\0")).toEqual(
      expect.arrayContaining([
        `DATABASE_URL=${URL_VALUE}`,
        "KEY=-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----",
        'QUOTED=say "hi" $now',
      ]),
    );
  });

  it("are taken back with a release that fails: the file is what it was, to the byte", async () => {
    const scenario = await createScenario({
      environment:
        'environment_file: ENVIRONMENT_FILE\nhooks: { after_deploy: { commands: "! grep -q bad VERSION", on_error: fail } }',
    });
    const file = await withFile(scenario);
    writeFileSync(file, "BY=hand\n", { mode: 0o640 });
    await scenario.start();
    await scenario.fraisier("env", "set", "shop", "BY", "fraisier", ...TARGET);
    const bad = await scenario.commit("1 bad");
    await scenario.push();
    expect(await scenario.settled(bad)).toMatchObject({ status: "rolled_back" });
    expect(readFileSync(file, "utf8")).toBe("BY=hand\n");
    expect(statSync(file).mode & 0o777).toBe(0o640);
    const good = await scenario.commit("2");
    await scenario.push();
    await scenario.settled(good, "succeeded");
    expect(readFileSync(file, "utf8")).toContain('BY="fraisier"');
    const worse = await scenario.commit("3 bad");
    await scenario.fraisier("env", "set", "shop", "BY", "nobody", ...TARGET);
    await scenario.push();
    expect(await scenario.settled(worse)).toMatchObject({ status: "rolled_back" });
    expect(readFileSync(file, "utf8")).toContain('BY="fraisier"');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(scenario.folder).filter((name) => name.includes("shop.env."))).toEqual([]);
  });

  it("are what they were after a runner was killed while it checked the new release", async () => {
    const scenario = await createScenario({ environment: "environment_file: ENVIRONMENT_FILE", stableForMs: 2_000 });
    const file = await withFile(scenario);
    await scenario.start();
    await scenario.fraisier("env", "set", "shop", "BY", "the first", ...TARGET);
    const good = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(good, "succeeded");
    await scenario.fraisier("env", "set", "shop", "BY", "the second", ...TARGET);
    const next = await scenario.commit("2");
    await scenario.push();
    const { id } = await scenario.settled(next, "running");
    let runner: string | null | undefined;
    await until("the health check", async () => {
      const row = (await scenario.store.deployments.detail(id))?.deployment;
      runner = row?.runnerIdentity;
      return row?.phase === "health_check";
    });
    expect(readFileSync(file, "utf8")).toContain('BY="the second"');
    process.kill((JSON.parse(runner ?? "{}") as { pid: number }).pid, "SIGKILL");
    expect(await scenario.settled(next)).toMatchObject({ status: "rolled_back" });
    expect(readFileSync(file, "utf8")).toContain('BY="the first"');
  });

  it("fail the deployment before anything happens if they cannot be read, and say why", async () => {
    const scenario = await createScenario({ environment: 'build: echo "building"' });
    await scenario.start();
    await scenario.fraisier("env", "set", "shop", "TOKEN", "a token", ...TARGET);
    const key = join(scenario.folder, "fraisier.key");
    renameSync(key, `${key}.away`);
    const revision = await scenario.commit("1");
    await scenario.push();
    const row = await scenario.settled(revision);
    expect(row).toMatchObject({ status: "failed", attempt: 1 });
    expect(row.reason).toContain(`not there: ${key}`);
    expect(row.hint).toContain("Restore it from a backup");
    expect(existsSync(join(scenario.app, "releases"))).toBe(false);
    renameSync(`${key}.away`, key);
    expect((await scenario.fraisier("deploy", "shop", "production", "--wait")).exitCode).toBe(0);
  });

  it("are in no error of what a person runs, as text or as JSON", async () => {
    const say = '[ -z "$SAY" ] || { printf "%s\\n" "$APP_TOKEN" >&2; exit 1; }';
    const scenario = await createScenario({
      environment: [
        "database:",
        "  tool: command",
        `  up: '${say}'`,
        `  down: '${say}'`,
        `  backup: { dump: '${say}; echo data', restore: 'cat >/dev/null; ${say}' }`,
        `verify: [{ type: command, command: '${say}' }]`,
      ].join("\n"),
    });
    await scenario.fraisier("env", "set", "shop", "APP_TOKEN", "s3cret-token-42", ...TARGET);
    await scenario.commit("1");
    await scenario.push();
    const deployed = await scenario.fraisier("deploy", "shop", "production");
    expect(deployed).toMatchObject({ exitCode: 0 });
    scenario.with({ SAY: "it" });
    for (const args of [
      ["migration", "apply", "shop", ...TARGET],
      ["backup", "create", "shop", "production"],
      ["backup", "restore", "shop", "production", "last", "--yes", "--no-safety-backup"],
      ["verify", "shop", "production"],
      ["plan", "shop", "production"],
      ["deploy", "shop", "production"],
      ["target", "test", "shop", "production"],
    ]) {
      for (const more of [[], ["--json"]]) {
        const { exitCode, stdout, stderr } = await scenario.fraisier(...args, ...more);
        const what = `${args.join(" ")}\n${stdout}${stderr}`;
        expect(what).not.toContain("s3cret-token-42");
        if (args[0] !== "plan" && args[0] !== "target") {
          expect(exitCode, what).toBe(1);
          expect(what).toContain("***");
        }
      }
    }
  });

  it("show no half of themselves where an error is cut", async () => {
    const flood = `printf "%s%0490d\\n" "$APP_TOKEN" 0; exit 1`;
    const scenario = await createScenario({
      environment: [
        `verify: [{ type: command, command: 'printf "%0190d%s\\n" 0 "$APP_TOKEN"; exit 1' }]`,
        `build: '[ -z "$SAY" ] || { ${flood}; }'`,
        `database: { tool: command, up: '[ -z "$MIGRATE" ] || { printf "%s%0590d\\n" "$APP_TOKEN" 0; exit 1; }' }`,
      ].join("\n"),
    });
    await scenario.fraisier("env", "set", "shop", "APP_TOKEN", "s3cret-token-42", ...TARGET);
    await scenario.commit("1");
    await scenario.push();
    const halves = /s3cr|ret-|oken|en-42/;
    for (const variables of [{ SAY: "", MIGRATE: "" }, { SAY: "it" }, { SAY: "", MIGRATE: "it" }]) {
      await scenario.with(variables).fraisier("deploy", "shop", "production");
      const shown = await scenario.fraisier("show", "last", "--json");
      expect(shown.stdout).toContain("[cut]");
      expect(shown.stdout).not.toMatch(halves);
      expect((await scenario.fraisier("logs", "last")).stdout).not.toMatch(halves);
    }
  });
});
