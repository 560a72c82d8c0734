import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { contentHash } from "../helpers/backups.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";
import { removeFolder } from "../helpers/remove-folder.ts";

const ONE = {
  "migrations/0001_users.sql":
    "-- migrate:up\ncreate table users (id integer primary key, name varchar(20));\ninsert into users values (1, 'Ann');\n-- migrate:down\ndrop table users;\n",
};
/** Has no way back, and destroys what it touches. */
const DESTRUCTIVE = {
  "migrations/0002_price.sql":
    "-- migrate:up\ncreate table price (amount integer, who integer references users);\nupdate users set name = 'nobody';\nalter table users add column extra integer;\n",
};
const TARGET = { fraise: "shop", environment: "production", job: "" };

function kill(row: DeploymentRow): void {
  process.kill((JSON.parse(row.runnerIdentity ?? "{}") as { pid: number }).pid, "SIGKILL");
}

function backupFolders(scenario: Scenario): readonly string[] {
  const folder = join(scenario.folder, "backups/shop/production");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name !== ".lock") : [];
}

async function onSqlite(more = "", rollback = "rollback: { restore_database: true }", layout?: "in_place") {
  const scenario = await createScenario({
    environment: `database: { tool: sql, url: "\${SHOP_DATABASE}", lock_timeout: 2s, backup: { ${more} } }\n${rollback}`,
    ...(layout === undefined ? {} : { layout }),
  });
  const file = join(scenario.folder, "shop.db");
  scenario.with({ SHOP_DATABASE: `sqlite:${file}` });
  return {
    ...scenario,
    file,
    sql: (text: string): string => execFileSync("sqlite3", [file, text], { encoding: "utf8" }).trim(),
    hash: () => contentHash(`sqlite:${file}`, {}),
  };
}

describe("a deployment with a backup", () => {
  for (const layout of ["releases", "in_place"] as const) {
    it(`brings the database back as it was when the code does not hold, without a way back of its migrations (${layout})`, async () => {
      const scenario = await onSqlite("", undefined, layout === "in_place" ? layout : undefined);
      if (layout === "in_place") {
        await scenario.commit("0");
        await scenario.git("push", "--quiet", "origin", "main:refs/heads/elsewhere");
        execFileSync("git", ["clone", "--quiet", "--branch", "elsewhere", scenario.bare, scenario.app]);
      }
      await scenario.start();
      const good = await scenario.commit("1", ONE);
      await scenario.push();
      const first = await scenario.settled(good);
      expect(first).toMatchObject({ status: "succeeded", reason: "" });
      scenario.sql("insert into users values (2, 'Bob')");
      const before = scenario.hash();

      const bad = await scenario.commit("2 broken", DESTRUCTIVE);
      await scenario.push();
      const row = await scenario.settled(bad);
      expect(row).toMatchObject({ status: "rolled_back", reason: expect.stringContaining("answers 500") });
      expect(scenario.hash()).toBe(before);
      expect(await scenario.answer()).toBe("version 1");
      expect(await scenario.store.databases.migrationHistory(TARGET, { limit: 1 })).toMatchObject([
        { migration: "0002_price", status: "rolled_back", deployment: row.id },
      ]);
      const [made] = await scenario.store.databases.backupHistory(TARGET, { limit: 5 });
      expect(made).toMatchObject({ deployment: row.id, revision: good, status: "complete", engine: "sqlite" });
      const manifest = JSON.parse(readFileSync(join(made?.path ?? "", "manifest.json"), "utf8")) as object;
      expect(manifest).toMatchObject({ revision: good, ref: "branch main", deployment: row.id, deploys: bad });
      expect(JSON.stringify(manifest)).not.toContain(scenario.secret);
      const detail = await scenario.store.deployments.detail(row.id);
      expect([...new Set(detail?.phases.map(({ phase }) => phase))].slice(0, 3)).toEqual([
        "checking",
        "pulling_source",
        "backing_up",
      ]);

      // What was mended is migrated again, from the start.
      const fixed = await scenario.commit("3");
      await scenario.push();
      expect(await scenario.settled(fixed)).toMatchObject({ status: "succeeded" });
      expect(scenario.sql("select name from users where id = 2")).toBe("nobody");
    });
  }

  it.runIf(hasPostgres)("brings PostgreSQL back too, and no password leaves it", async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = server.database("shop");
    const env = {
      PGHOST: new URL(url).searchParams.get("host") ?? "",
      PGUSER: "ann",
      PGPASSWORD: server.password,
      PGDATABASE: "shop",
    };
    const scenario = await createScenario({
      environment: `database: { tool: sql, url: "\${SHOP_DATABASE}", backup: {} }\nrollback: { restore_database: true }`,
    });
    scenario.with({ SHOP_DATABASE: url });
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    await scenario.settled(good, "succeeded");
    server.query(url, "insert into users select i, 'user ' || i from generate_series(2, 3000) i");
    const before = contentHash(url, env);
    const bad = await scenario.commit("2 broken", DESTRUCTIVE);
    await scenario.push();
    const row = await scenario.settled(bad);
    expect(row.status).toBe("rolled_back");
    expect(contentHash(url, env)).toBe(before);
    const output = await scenario.store.deployments.output(row.id, 0, 1000);
    expect(output.map(({ line }) => line).join("\n")).toMatch(/stopping .*\n.*restoring the PostgreSQL database shop/);
    const verified = await scenario.fraisier("backup", "verify", "shop", "production", "last");
    expect(verified).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("is whole") });
    for (const text of [output.map(({ line }) => line).join("\n"), scenario.daemonLog(), verified.stdout])
      expect(text).not.toContain(server.password);
  });

  it("ends before anything is touched when the backup fails", async () => {
    const scenario = await onSqlite("dump: 'echo no room >&2; exit 4', restore: cat");
    await scenario.start();
    const revision = await scenario.commit("1", ONE);
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: "database.backup.dump: it ended with exit code 4: no room",
    });
    expect(existsSync(join(scenario.app, "releases"))).toBe(false);
    expect(existsSync(scenario.file)).toBe(false);
    expect(backupFolders(scenario)).toEqual([]);
  });

  it("a runner killed while it dumps: one backup, made by its successor", async () => {
    const scenario = await onSqlite(
      "dump: 'echo one >> ../../dumps; test $(wc -l < ../../dumps) -gt 1 || sleep 30; echo data', restore: cat",
    );
    // The commands run in /: a path of their own.
    const dumps = join(scenario.folder, "dumps");
    const config = join(scenario.folder, "fraises.yaml");
    writeFileSync(config, readFileSync(config, "utf8").replaceAll("../../dumps", dumps));
    await scenario.start();
    const revision = await scenario.commit("1", ONE);
    await scenario.push();
    const row = await scenario.settled(revision, "running");
    await until("the dump", () => Promise.resolve(existsSync(dumps)));
    expect(backupFolders(scenario).map((name) => name.replace(/^\w+/, ""))).toEqual([".unfinished"]);
    kill((await scenario.store.deployments.detail(row.id))?.deployment ?? row);
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded", attempt: 2 });
    const [made, ...others] = await scenario.store.databases.backupHistory(TARGET, { limit: 5 });
    expect(made).toMatchObject({ status: "complete", deployment: row.id });
    expect(others).toEqual([]);
    expect(backupFolders(scenario)).toEqual([made?.id]);
  });

  it("a runner killed while it restores: its successor restores again, to the end", async () => {
    const scenario = await onSqlite();
    const { folder, file } = scenario;
    const config = join(folder, "fraises.yaml");
    const restore = `cat > ${folder}/restoring; test -f ${folder}/again || { touch ${folder}/again; sleep 30; }; rm -f ${file}-wal ${file}-shm; cp ${folder}/restoring ${file}`;
    writeFileSync(
      config,
      readFileSync(config, "utf8").replace(
        "backup: {  }",
        `backup: { dump: "cat ${file} || echo", restore: "${restore}" }`,
      ),
    );
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const before = scenario.hash();
    const bad = await scenario.commit("2 broken", DESTRUCTIVE);
    await scenario.push();
    await until("the restore", () => Promise.resolve(existsSync(join(folder, "again"))));
    kill(await scenario.settled(bad, "rolling_back"));
    expect(await scenario.settled(bad)).toMatchObject({ status: "rolled_back", attempt: 2 });
    expect(scenario.hash()).toBe(before);
    expect(await scenario.answer()).toBe("version 1");
  });

  it("brings back what a rebuild that failed had emptied", async () => {
    const scenario = await onSqlite("", "rollback: { restore_database: true }");
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    await scenario.settled(good, "succeeded");
    scenario.sql("insert into users values (2, 'Bob')");
    const before = scenario.hash();
    await scenario.stop();
    const config = join(scenario.folder, "fraises.yaml");
    const rebuilding = "tool: sql, strategy: rebuild, allow_rebuild_in_production: true";
    writeFileSync(config, readFileSync(config, "utf8").replace("tool: sql", rebuilding));
    const bad = await scenario.commit("2", { "migrations/0002_broken.sql": "select nothing from nowhere;" });
    await scenario.git("push", "--quiet", "origin", "main");
    const asked = await scenario
      .with({ FRAISIER_FORCE_REBUILD: "shop/production" })
      .fraisier("deploy", "shop", "production", "--revision", bad);
    expect(asked.exitCode).toBe(1);
    expect(await scenario.settled(bad)).toMatchObject({ status: "rolled_back" });
    expect(scenario.hash()).toBe(before);
    expect(await scenario.answer()).toBe("version 1");
  });

  it("does not restore what was never touched: what others wrote stays", async () => {
    const scenario = await onSqlite();
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    await scenario.settled(good, "succeeded");
    // Somebody else migrates: this deployment never gets its turn, while the shop goes on selling.
    const { spawn } = await import("node:child_process");
    const other = spawn("flock", [`${scenario.file}.fraisier-lock`, "sleep", "60"], { detached: true });
    onTestFinished(() => void process.kill(-(other.pid ?? 0), "SIGKILL"));
    const late = await scenario.commit("2", DESTRUCTIVE);
    await scenario.push();
    await until(
      "the migration",
      async () => ((await scenario.store.deployments.history({ limit: 1 }))[0]?.phase ?? "") === "migrating",
    );
    scenario.sql("insert into users values (2, 'written meanwhile')");
    const row = await scenario.settled(late);
    expect(row).toMatchObject({ status: "rolled_back", reason: expect.stringContaining("somebody else migrates") });
    expect(scenario.sql("select name from users order by id")).toBe("Ann\nwritten meanwhile");
  });
});

describe("fraisier backup", () => {
  it("creates, lists, verifies, restores and prunes, for people and programs", async () => {
    const scenario = await onSqlite("keep: 2", "rollback: { automatic: true }");
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const before = scenario.hash();
    const backup = async (...args: readonly string[]) => await scenario.fraisier("backup", ...args);
    const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

    const created = await backup("create", "shop", "production", "--reason", "a \u001b[31mred reason", "--json");
    expect(created).toMatchObject({ exitCode: 0, stderr: "" });
    const { id } = json(created.stdout)["backup"] as { id: string };
    const listed = await backup("list", "shop", "production");
    expect(listed.stdout).toMatch(new RegExp(`${id} .*complete .*sqlite 3.* a red reason`));
    expect((json((await backup("list", "shop", "production", "--json")).stdout)["backups"] as unknown[]).length).toBe(
      2,
    );
    expect((await backup("verify", "shop", "production", id.slice(0, 11))).stdout).toContain(`backup ${id} is whole`);

    scenario.sql("delete from users; create table more (x)");
    const spoiled = scenario.hash();
    const unasked = await backup("restore", "shop", "production", id);
    expect(unasked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--yes") });
    expect(scenario.hash()).toBe(spoiled);
    const folder = join(scenario.folder, "backups/shop/production", id);
    const dump = join(folder, readdirSync(folder).find((name) => /\.(zst|gz)$/.test(name)) ?? "");
    const bytes = readFileSync(dump);
    writeFileSync(dump, bytes.with(20, ~(bytes[20] ?? 0)));
    const [{ length: there }, service] = [readdirSync(join(folder, "..")), await scenario.answer()];
    const damaged = await backup("restore", "shop", "production", id, "--yes");
    expect(damaged).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("has changed") });
    expect(damaged.stdout + damaged.stderr).not.toContain("stopping");
    expect([readdirSync(join(folder, "..")).length, await scenario.answer(), scenario.hash()]).toEqual([
      there,
      service,
      spoiled,
    ]);
    writeFileSync(dump, bytes);
    const restored = await backup("restore", "shop", "production", id, "--yes", "--json");
    expect(restored).toMatchObject({ exitCode: 0, stderr: "" });
    expect(scenario.hash()).toBe(before);
    await until("the service", async () => (await scenario.answer()) === "version 1");
    const safety = json(restored.stdout)["safety_backup"] as string;
    expect((await backup("restore", "shop", "production", safety, "--yes", "--no-safety-backup")).exitCode).toBe(0);
    expect(scenario.hash()).toBe(spoiled);

    const pruned = await backup("prune", "shop", "production", "--dry-run", "--json");
    expect(json(pruned.stdout)).toEqual({ target: "shop/production", would_remove: [] });
    expect((await backup("prune", "shop", "production")).stdout).toBe("removed: nothing\n");
    expect(await backup("verify", "shop", "production", "zzz")).toMatchObject({ exitCode: 2 });
    expect(await backup("eat", "shop", "production")).toMatchObject({ exitCode: 2 });
    expect(statSync(join(scenario.folder, "backups/shop/production", safety)).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.getuid?.() === 0)("leaves what root makes to the user whose state it is", async () => {
    const scenario = await onSqlite("", "build: 'true'");
    await scenario.commit("1", ONE);
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
    removeFolder(join(scenario.folder, "backups"));
    await scenario.program("chown", "-R", "nobody", scenario.folder);
    expect(await scenario.fraisier("backup", "create", "shop", "production")).toMatchObject({ exitCode: 0 });
    const others = await scenario.program("find", join(scenario.folder, "backups"), "!", "-user", "nobody");
    expect(others).toBe("");
    const program = process.env["FRAISIER_TEST_PROGRAM"] ?? "";
    const asNobody = (...args: readonly string[]) =>
      scenario.program("setpriv", "--reuid=nobody", "--clear-groups", process.execPath, program, "backup", ...args);
    expect(await asNobody("create", "shop", "production")).toContain("backup");
    expect(await asNobody("verify", "shop", "production", "last")).toContain("is whole");
  });

  it("restores nothing while a deployment of the target runs", async () => {
    const scenario = await onSqlite("", "build: test ! -f slow || sleep 30");
    await scenario.start();
    const good = await scenario.commit("1", ONE);
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const slow = await scenario.commit("2", { slow: "" });
    await scenario.push();
    const row = await scenario.settled(slow, "running");
    const refused = await scenario.fraisier("backup", "restore", "shop", "production", "last", "--yes");
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`deployment ${row.id}`) });
    await scenario.fraisier("cancel", row.id);
    await scenario.settled(slow);
  });

  it("keeps deployments waiting while it restores, those that override locks too, and no longer than it lives", async () => {
    const scenario = await running();
    const stop = slowStop(scenario);
    const restore = scenario.fraisierStarts(...RESTORE);
    await stop.begun();
    const again = await scenario.fraisier(...RESTORE);
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("is being restored") });
    expect((await scenario.fraisier("unlock", "shop", "production")).stderr).toContain("still at work");
    const deploy = scenario.fraisierStarts("deploy", "shop", "production", "--override", "now");
    await until("the wait", async () => (await scenario.store.queue.state()).queued[0]?.waitsFor?.kind === "process");
    stop.end();
    expect(await restore.ended).toMatchObject({ exitCode: 0 });
    expect(await deploy.ended).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/waits: backup \w+ is being restored/),
    });
    const [row] = await scenario.store.deployments.history({ limit: 1 });
    const [, restored] = await scenario.store.databases.backupHistory(TARGET, { limit: 5 });
    expect(Date.parse(row?.startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(restored?.finishedAt ?? ""));
    expect(await scenario.answer()).toBe("version 1");
    expect(await scenario.store.targets.locks()).toEqual([]);

    const next = slowStop(scenario);
    const killed = scenario.fraisierStarts(...RESTORE);
    await next.begun();
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(await scenario.store.targets.locks()).toHaveLength(1);
    next.end();
    expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
    expect(await scenario.store.targets.locks()).toEqual([]);
  });

  it("starts the service again when it is interrupted while it stops it", async () => {
    const scenario = await running();
    const stop = slowStop(scenario);
    const restore = scenario.fraisierStarts(...RESTORE);
    await stop.begun();
    expect(await scenario.answer()).toBe("no answer");
    restore.child.kill("SIGINT");
    const { exitCode, stdout, stderr } = await restore.ended;
    stop.end();
    expect(stdout + stderr).toMatch(/starting service[\s\S]*interrupted/);
    expect(exitCode).toBe(1);
    await until("the service", async () => (await scenario.answer()) === "version 1");
  });

  it("says both where neither the restore works nor the service starts after it", async () => {
    const scenario = await running("dump: echo data, restore: 'cat; echo no room >&2; exit 4'");
    const script = join(scenario.folder, "service.sh");
    writeFileSync(script, readFileSync(script, "utf8").replace("restart)\n", "restart) echo no such port; exit 3\n"));
    const { exitCode, stderr } = await scenario.fraisier(...RESTORE);
    expect(stderr).toMatch(/^fraisier: .*exit code 4.*no room; and then: cannot restart service .*no such port$/m);
    expect(exitCode).toBe(1);
  });
});

const RESTORE = ["backup", "restore", "shop", "production", "last", "--yes"];

/** From now on, stopping the service takes until `end` after it is down. */
function slowStop({ folder }: { readonly folder: string }) {
  const [stopping, held] = [join(folder, "stopping"), join(folder, "held")];
  rmSync(stopping, { force: true });
  writeFileSync(held, "");
  return {
    begun: async () => await until("the stop", () => Promise.resolve(existsSync(stopping))),
    end: () => rmSync(held),
  };
}

/** A service runs and is backed up; slowStop() keeps it stopping. */
async function running(backup = ""): Promise<Awaited<ReturnType<typeof onSqlite>>> {
  const scenario = await onSqlite(backup);
  const script = join(scenario.folder, "service.sh");
  const text = readFileSync(script, "utf8");
  const [stopping, held] = [join(scenario.folder, "stopping"), join(scenario.folder, "held")];
  const slow = `stop) stop; touch ${stopping}; while [ -e ${held} ]; do sleep 0.1; done ;;`;
  writeFileSync(script, text.replace("stop) stop; true ;;", slow));
  await scenario.commit("1", ONE);
  await scenario.push();
  expect((await scenario.fraisier("deploy", "shop", "production")).exitCode).toBe(0);
  return scenario;
}
