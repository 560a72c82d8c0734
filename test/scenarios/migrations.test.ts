import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ownIdentity } from "../../src/host/process-identity.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";

const ONE = {
  "migrations/0001_users.sql":
    "-- migrate:up\ncreate table users (id integer primary key, name varchar(20));\ninsert into users values (1, 'Ann');\n-- migrate:down\ndrop table users;\n",
};
const TWO = {
  "migrations/0002_price.sql":
    "-- migrate:up\ncreate table price (amount integer);\n-- migrate:down\ndrop table price;\n",
};

type Database = Scenario & { query(sql: string): readonly string[] };

async function onSqlite(environment = "", layout: "releases" | "in_place" = "releases"): Promise<Database> {
  const scenario = await createScenario({
    environment: `database: { tool: sql, url: "\${SHOP_DATABASE}", lock_timeout: 2s }\n${environment}`,
    layout,
  });
  const file = join(scenario.folder, "shop.db");
  scenario.with({ SHOP_DATABASE: `sqlite:${file}` });
  return {
    ...scenario,
    query: (sql) =>
      existsSync(file)
        ? execFileSync("sqlite3", [file, sql], { encoding: "utf8" })
            .split("\n")
            .filter((line) => line !== "")
        : [],
  };
}

/** A checkout in place that runs a revision with one migration. */
async function onSqliteInPlace(): Promise<{ scenario: Database; good: string }> {
  const scenario = await onSqlite("", "in_place");
  await scenario.commit("0");
  await scenario.git("push", "--quiet", "origin", "main");
  await scenario.git("clone", "--quiet", scenario.bare, scenario.app);
  await scenario.start();
  const good = await scenario.commit("1", ONE);
  await scenario.push();
  await scenario.settled(good, "succeeded");
  return { scenario, good };
}

const TABLES = "select name from sqlite_master where name in ('users', 'price') order by name";

describe("a push that migrates a database", () => {
  it("applies what is pending before the new code goes live, and takes it back when the code does not hold", async () => {
    const scenario = await onSqlite();
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    const first = await scenario.settled(good);
    expect(first).toMatchObject({ status: "succeeded", reason: "" });
    expect(scenario.query("select name from users")).toEqual(["Ann"]);
    const detail = await scenario.store.deployments.detail(first.id);
    expect([...new Set(detail?.phases.map(({ phase }) => phase))]).toEqual([
      "checking",
      "pulling_source",
      "copying_files",
      "building",
      "migrating",
      "creating_symlinks",
      "restarting",
      "health_check",
      "finalizing",
      "active",
    ]);

    const bad = await scenario.commit("2 broken", TWO);
    await scenario.push();
    const row = await scenario.settled(bad);
    expect(row.status).toBe("rolled_back");
    expect(await scenario.answer()).toBe("version 1");
    expect(scenario.query(TABLES)).toEqual(["users"]);
    const target = { fraise: "shop", environment: "production", job: "" };
    expect(await scenario.store.databases.migrationHistory(target, { limit: 9 })).toMatchObject([
      { migration: "0002_price", status: "rolled_back", deployment: row.id },
      { migration: "0001_users", status: "success", deployment: first.id, appliedBy: first.triggeredBy },
    ]);

    await scenario.commit("3");
    await scenario.push();
    const fixed = (await scenario.git("rev-parse", "HEAD")).trim();
    expect((await scenario.settled(fixed)).status).toBe("succeeded");
    expect(scenario.query(TABLES)).toEqual(["price", "users"]);
  });

  it("ends as rollback_failed, and says so, when a migration has no way back", async () => {
    const scenario = await onSqlite();
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    await scenario.settled(good);
    const bad = await scenario.commit("2 broken", { "migrations/0002_data.sql": "delete from users;" });
    await scenario.push();
    const row = await scenario.settled(bad);
    expect(row.status).toBe("rollback_failed");
    expect(row.reason).toContain(
      "migrate-database: 0002_data cannot be taken back: it has no way back, and applied still: 0002_data",
    );
    expect(await scenario.answer()).toBe("version 1");
  });

  it("touches nothing when a migration fails, and lets the old code run", async () => {
    const scenario = await onSqlite("", "in_place");
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    execFileSync("git", ["clone", "--quiet", scenario.bare, scenario.app]);
    await scenario.start();
    await scenario.commit("2", { ...TWO, "migrations/0003_bad.sql": "select nothing from nowhere;" });
    await scenario.push();
    const bad = (await scenario.git("rev-parse", "HEAD")).trim();
    const row = await scenario.settled(bad);
    expect(row).toMatchObject({ status: "rolled_back", phase: "failed" });
    expect(row.reason).toMatch(/0003_bad\.sql: .*nothing/);
    expect(scenario.query("select count(*) from fraisier_migration")).toEqual(["0"]);
    expect(execFileSync("git", ["-C", scenario.app, "rev-parse", "HEAD"], { encoding: "utf8" }).trim()).toBe(good);
  });

  it("never leaves a checkout in place moved because of a migration that was changed: it ends as rolled_back, as docs/migrations.md says", async () => {
    const { scenario, good } = await onSqliteInPlace();
    const edited = await scenario.commit("2", { "migrations/0001_users.sql": "create table other (a integer);" });
    await scenario.push();
    expect(await scenario.settled(edited)).toMatchObject({
      status: "rolled_back",
      reason: expect.stringContaining("changed after it was applied: "),
    });
    expect(execFileSync("git", ["-C", scenario.app, "rev-parse", "HEAD"], { encoding: "utf8" }).trim()).toBe(good);
    expect(await scenario.answer()).toBe("version 1");
  });

  it("leaves the service alone where nothing was migrated, and blames no revision for somebody else's lock", async () => {
    const scenario = await onSqlite();
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const service = (): string => readFileSync(join(scenario.folder, "service.pid"), "utf8");
    const before = service();
    const standing = async (): Promise<unknown> => {
      const [row] = await scenario.store.targets.status();
      return { hold: row?.hold?.reason, service: service() };
    };

    const edited = await scenario.commit("2", { "migrations/0001_users.sql": "create table other (a integer);" });
    await scenario.push();
    expect(await scenario.settled(edited)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("changed after it was applied: "),
    });
    expect(await standing()).toEqual({ hold: undefined, service: before });

    const holder = spawn("flock", ["--no-fork", join(scenario.folder, "shop.db.fraisier-lock"), "sleep", "99.1"]);
    onTestFinished(() => void holder.kill());
    const kept = await scenario.commit("3", { ...ONE, ...TWO });
    await scenario.push();
    expect(await scenario.settled(kept)).toMatchObject({ status: "rolled_back" });
    expect(await standing()).toEqual({ hold: undefined, service: before });
    holder.kill();
    const again = await scenario.fraisier("deploy", "shop", "production", "--wait");
    expect(again).toMatchObject({ exitCode: 0 });
    expect(scenario.query(TABLES)).toEqual(["price", "users"]);
  });

  it("brings a checkout's service back to the old code, though nothing was migrated and its manager restarted it meanwhile", async () => {
    const { scenario } = await onSqliteInPlace();
    const holder = spawn("flock", ["--no-fork", join(scenario.folder, "shop.db.fraisier-lock"), "sleep", "99.2"]);
    onTestFinished(() => void holder.kill());
    const next = await scenario.commit("2", TWO);
    await scenario.push();
    await expect
      .poll(() => execFileSync("git", ["-C", scenario.app, "rev-parse", "HEAD"], { encoding: "utf8" }).trim())
      .toBe(next);
    execFileSync(join(scenario.folder, "service.sh"), ["restart"]);
    await expect.poll(() => scenario.answer()).toBe("version 2");
    expect(await scenario.settled(next)).toMatchObject({ status: "rolled_back" });
    expect(await scenario.answer()).toBe("version 1");
  });

  it("leaves a service up that ran before the first deployment, whatever becomes of that", async () => {
    const scenario = await onSqlite();
    await scenario.commit("0");
    execFileSync("git", ["clone", "--quiet", scenario.work, join(scenario.app, "by-hand")]);
    symlinkSync("by-hand", join(scenario.app, "current"));
    execFileSync(join(scenario.folder, "service.sh"), ["restart"]);
    await expect.poll(() => scenario.answer()).toBe("version 0");
    await scenario.start();
    const first = await scenario.commit("1", { "migrations/0001_bad.sql": "select nothing from nowhere;" });
    await scenario.push();
    expect(await scenario.settled(first)).toMatchObject({ status: "rolled_back" });
    expect(await scenario.answer()).toBe("version 0");
    const second = await scenario.commit("2 broken", { "migrations/0001_bad.sql": TWO["migrations/0002_price.sql"] });
    await scenario.push();
    expect(await scenario.settled(second)).toMatchObject({ status: "rolled_back" });
    await expect.poll(() => scenario.answer()).toBe("version 0");
    expect(readlinkSync(join(scenario.app, "current"))).toBe("by-hand");
  });

  it("takes back what a killed runner applied", async () => {
    const scenario = await onSqlite('hooks: { after_deploy: "sleep 30" }');
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    // The runner is killed in the middle of its second migration.
    await scenario.settled(good, "running");
    const slow =
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 30000000) select max(i) from n;";
    await expect.poll(() => scenario.query(TABLES)).toEqual(["users"]);
    const running = (await scenario.store.queue.state()).running[0];
    await scenario.fraisier("cancel", running?.id ?? "");
    expect((await scenario.settled(good)).status).toBe("rolled_back");
    expect(scenario.query(TABLES)).toEqual([]);
    const next = await scenario.commit("2", {
      "migrations/0002_slow.sql": `-- migrate:up\n${slow}\ncreate table price (a integer);\n-- migrate:down\nselect 1;\n`,
    });
    await scenario.push();
    await scenario.settled(next, "running");
    await expect.poll(() => scenario.query(TABLES)).toEqual(["users"]);
    const runner = JSON.parse((await scenario.store.queue.state()).running[0]?.runnerIdentity ?? "{}") as {
      pid: number;
    };
    process.kill(runner.pid, "SIGKILL");
    const row = await scenario.settled(next);
    expect(row.status).toBe("rolled_back");
    expect(row.reason).toContain("the runner died in migrating");
    expect(scenario.query(TABLES)).toEqual([]);
    // Nothing of it goes on behind our back.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(scenario.query(TABLES)).toEqual([]);
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(`${scenario.folder}/shop.db`);
  });

  it.skipIf(!hasPostgres)("works the same on PostgreSQL, whose password is shown nowhere", async () => {
    const server = await startPostgres();
    try {
      const scenario = await createScenario({ environment: 'database: { tool: sql, url: "${SHOP_DATABASE}" }' });
      const url = server.database("shop");
      scenario.with({ SHOP_DATABASE: url });
      await scenario.start();
      const good = await scenario.commit("1", ONE);
      await scenario.push();
      expect((await scenario.settled(good)).status).toBe("succeeded");
      const bad = await scenario.commit("2 broken", TWO);
      await scenario.push();
      const row = await scenario.settled(bad);
      expect(row.status).toBe("rolled_back");
      expect(server.query(url, "select to_regclass('users') is null, to_regclass('price') is null")).toEqual(["f|t"]);
      const logs =
        (await scenario.fraisier("logs", row.id)).stdout + (await scenario.fraisier("config", "show")).stdout;
      expect(logs).toContain("took back 0002_price");
      expect(logs).not.toContain(server.password);
      expect(logs).not.toContain(encodeURIComponent(server.password));
    } finally {
      await server.stop();
    }
  });
});

describe("fraisier migration", () => {
  it("shows, applies, takes back and marks what the running release has", async () => {
    const scenario = await onSqlite();
    const cli = async (...args: readonly string[]) => {
      const done = await scenario.fraisier("migration", ...args, "--target", "production");
      return { ...done, json: () => JSON.parse(done.stdout) as never };
    };
    const revision = await scenario.commit("1", { ...ONE, ...TWO });
    await scenario.push();

    const dry = await scenario.fraisier("deploy", "shop", "production", "--dry-run");
    expect(dry.stdout).toContain("Pending migrations: 0001_users, 0002_price");
    expect(existsSync(join(scenario.folder, "shop.db"))).toBe(false);
    expect((await cli("status", "shop")).stderr).toContain("has no release yet");
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
    expect(scenario.query(TABLES)).toEqual(["price", "users"]);
    await scenario.commit("2", { "migrations/0003_more.sql": "create table more (a integer);" });
    await scenario.push();
    const next = await scenario.fraisier("plan", "shop", "production");
    expect(next.stdout).toContain("Pending migrations: 0003_more");
    const before = await scenario.fraisier("deploy", "shop", "production", "--dry-run", "--revision", revision);
    expect(before.stdout).toContain("Pending migrations: none");
    expect((await cli("status", "shop", "--json")).json()).toMatchObject({
      migrations: [
        { id: "0001_users", state: "applied", last_status: "success" },
        { id: "0002_price", state: "applied", reversible: true },
      ],
    });
    expect((await cli("list", "shop")).stdout).toMatch(/0001_users +[0-9a-f]{12} +yes +.*0001_users\.sql/);
    expect((await cli("rollback", "shop", "--steps", "2", "--dry-run")).stdout).toContain(
      "would take back: 0002_price, 0001_users",
    );
    expect((await cli("rollback", "shop", "--to", "0001_users")).stdout).toContain("took back: 0002_price");
    expect(scenario.query(TABLES)).toEqual(["users"]);
    const plan = await scenario.fraisier("deploy", "shop", "production", "--dry-run", "--revision", revision, "--json");
    expect(JSON.parse(plan.stdout)).toMatchObject({
      migrations: { known: true, pending: ["0002_price"], changed: [] },
    });
    expect((await cli("apply", "shop", "--dry-run")).stdout).toContain("would apply: 0002_price");
    expect((await cli("apply", "shop")).exitCode).toBe(0);
    expect(scenario.query(TABLES)).toEqual(["price", "users"]);
    expect((await cli("mark-applied", "shop", "0002_price", "--not")).exitCode).toBe(0);
    const again = await cli("apply", "shop");
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain("table price already exists");
    expect((await cli("mark-applied", "shop", "0002_price")).exitCode).toBe(0);
    expect((await cli("history", "shop")).stdout.match(/0002_price +\w+/g)?.length).toBe(5);
    expect((await cli("show", "shop", "0002_price")).stdout).toContain("0002_price: applied");
    expect((await cli("show", "shop", "nothing")).exitCode).toBe(2);
    expect((await cli("frobnicate", "shop")).exitCode).toBe(2);
  });

  it("marks a migration that the very first deployment left half applied, although no release has it", async () => {
    const scenario = await onSqlite();
    await scenario.start();
    const half = "-- migrate:no-transaction\ncreate table users (a integer);\nselect nothing from nowhere;\n";
    const bad = await scenario.commit("1", { "migrations/0001_users.sql": half });
    await scenario.push();
    await scenario.settled(bad, "rollback_failed");
    const good = await scenario.commit("2", ONE);
    await scenario.push();
    expect(await scenario.settled(good)).toMatchObject({
      reason: expect.stringContaining("began without a transaction"),
    });
    scenario.query("drop table users");
    const args = ["mark-applied", "shop", "0001_users", "--not", "--target", "production"];
    const marked = await scenario.fraisier("migration", ...args);
    expect(marked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("marked as not applied: 0001_users") });
    expect((await scenario.fraisier("deploy", "shop", "production", "--wait", "--revision", good)).exitCode).toBe(0);
    expect(scenario.query(TABLES)).toEqual(["users"]);
  });

  it("has the target for itself while it changes its database, and touches none that another process has", async () => {
    const scenario = await onSqlite();
    const cli = (verb: string, ...args: readonly string[]) =>
      scenario.fraisier("migration", verb, "shop", ...args, "--target", "production");
    await scenario.commit("1", { ...ONE, ...TWO });
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
    const target = { fraise: "shop", environment: "production", job: "" };
    const restoring = { ...target, holder: JSON.stringify(ownIdentity()), reason: "backup 1 is being restored" };
    await scenario.store.targets.occupy({ ...restoring, lockedBy: "ann", lockedAt: new Date().toISOString() });
    for (const [verb, ...args] of [["apply"], ["rollback"], ["mark-applied", "0002_price", "--not"]] as const) {
      expect(await cli(verb, ...args)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining("shop/production is taken: backup 1 is being restored, by ann"),
      });
      expect(await cli(verb, ...args, "--dry-run")).toMatchObject({ exitCode: 0 });
    }
    expect(scenario.query(TABLES)).toEqual(["price", "users"]);
    await scenario.store.targets.unlock({ ...target, holder: restoring.holder }, "ann", "");
    expect(await cli("rollback")).toMatchObject({ exitCode: 0, stderr: "" });

    // Applying waits until the test lets go of the database.
    const holder = spawn("flock", ["--no-fork", join(scenario.folder, "shop.db.fraisier-lock"), "sleep", "99.3"]);
    onTestFinished(() => void holder.kill());
    const applying = scenario.fraisierStarts("migration", "apply", "shop", "--target", "production");
    await expect
      .poll(() => scenario.store.targets.locks())
      .toMatchObject([{ ...target, reason: "migrations are applied by hand" }]);
    holder.kill();
    expect(await applying.ended).toMatchObject({ exitCode: 0 });
    expect(await scenario.store.targets.locks()).toEqual([]);
  });

  it("says in a dry run where a way back would stop", async () => {
    const scenario = await onSqlite();
    await scenario.commit("1", {
      ...ONE,
      "migrations/0002_data.sql": "delete from users;",
      "migrations/0003_price.sql": TWO["migrations/0002_price.sql"],
    });
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
    const back = ["migration", "rollback", "shop", "--target", "production", "--steps", "9"];
    expect(await scenario.fraisier(...back, "--dry-run")).toMatchObject({
      exitCode: 1,
      stdout: "would take back: 0003_price\n",
      stderr: expect.stringContaining(
        "it would stop at 0002_data, which has no way back; applied still: 0002_data, 0001_users",
      ),
    });
    expect(scenario.query(TABLES)).toEqual(["price", "users"]);
  });

  it("empties a production database only for who says so twice", async () => {
    const scenario = await onSqlite();
    await scenario.commit("1", ONE);
    await scenario.push();
    await scenario.fraisier("deploy", "shop", "production");
    const refused = await scenario.fraisier(
      "migration",
      "apply",
      "shop",
      "--target",
      "production",
      "--rebuild",
      "--force-rebuild",
    );
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("allow_rebuild_in_production: true under its database (is not there)");
    expect(scenario.query("select name from users")).toEqual(["Ann"]);
  });

  it("never empties a production database for a webhook", async () => {
    const scenario = await createScenario({
      environment:
        'database: { tool: sql, url: "${SHOP_DATABASE}", strategy: rebuild, allow_rebuild_in_production: true }',
    });
    const file = join(scenario.folder, "shop.db");
    scenario.with({ SHOP_DATABASE: `sqlite:${file}`, FRAISIER_FORCE_REBUILD: "shop/production" });
    execFileSync("sqlite3", [file, "create table precious (a integer)"]);
    await scenario.start();
    const revision = await scenario.commit("1", ONE);
    await scenario.push();
    const row = await scenario.settled(revision);
    expect(row).toMatchObject({ status: "failed", phase: "failed" });
    expect(row.reason).toContain("strategy rebuild would empty the database of shop/production");
    expect(execFileSync("sqlite3", [file, ".tables"], { encoding: "utf8" }).trim()).toBe("precious");
    await scenario.stop();
    const plan = async (): Promise<string> => (await scenario.fraisier("plan", "shop", "production")).stdout;
    expect(await plan()).not.toContain("it would FAIL");
    scenario.with({ FRAISIER_FORCE_REBUILD: "" });
    expect(await plan()).toContain("it would FAIL: strategy rebuild would empty the database of shop/production");
    scenario.with({ FRAISIER_FORCE_REBUILD: "shop/production" });
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
    expect(execFileSync("sqlite3", [file, ".tables"], { encoding: "utf8" })).not.toContain("precious");
  });
});
