import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

/** Takes SQLite a second or two. */
const SLOW =
  "create table slow as with recursive c(x) as (select 1 union all select x + 1 from c where x < 4000000) select max(x) from c; drop table slow;";
const ONE = {
  "migrations/0001_one.sql": "-- migrate:up\ncreate table one (a integer);\n-- migrate:down\ndrop table one;\n",
};

async function migrating(): Promise<{ scenario: Scenario; database: string }> {
  const scenario = await createScenario({
    deployment: "retries: 2",
    environment: `database: { tool: sql, url: "\${SHOP_DATABASE}" }\nverify: [{ type: command, command: "! grep -q bad VERSION" }]`,
  });
  const database = join(scenario.folder, "shop.db");
  scenario.with({ SHOP_DATABASE: `sqlite:${database}` });
  await scenario.start();
  const first = await scenario.commit("1", ONE);
  await scenario.push();
  await scenario.settled(first, "succeeded");
  return { scenario, database };
}

function tablesOf(database: string): readonly string[] {
  const sql = "select name from sqlite_master where name in ('one', 'two', 'three') order by rowid";
  return execFileSync("sqlite3", [database, sql], { encoding: "utf8" }).split("\n").filter(Boolean);
}

const isHolder = (command: string, database: string): boolean =>
  command.startsWith("flock\0") && command.includes(`${database}.fraisier-lock`);
const isClient = (command: string, database: string): boolean =>
  command.startsWith("sqlite3\0") && command.includes(`${database}\0`);

/** Kills such a process of the database, once the record says this of a migration. */
async function kill(
  { store }: Scenario,
  database: string,
  migration: string,
  status: string,
  isMeant: typeof isHolder,
): Promise<void> {
  const target = { fraise: "shop", environment: "production", job: "" };
  await until(`${migration} to be ${status}`, async () => {
    const row = (await store.databases.migrationStatus(target)).find((each) => each.migration === migration);
    return row?.status === status;
  });
  await until("a process to kill", async () => {
    const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isMeant(commandOf(name), database));
    for (const pid of found) process.kill(Number(pid), "SIGKILL");
    return found.length > 0;
  });
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    // It ended meanwhile.
    return "";
  }
}

describe("a process that holds the lock of migrations and is killed", () => {
  it("does not leave half of the migrations in the database when they are taken back: the lock is taken again", async () => {
    const { scenario, database } = await migrating();
    const bad = await scenario.commit("2 bad", {
      "migrations/0002_two.sql": "-- migrate:up\ncreate table two (a integer);\n-- migrate:down\ndrop table two;\n",
      "migrations/0003_three.sql": `-- migrate:up\ncreate table three (a integer);\n-- migrate:down\n${SLOW}\ndrop table three;\n`,
    });
    await scenario.push();
    await kill(scenario, database, "0003_three", "rolling_back", isHolder);
    const row = await scenario.settled(bad);
    expect(row).toMatchObject({ status: "rolled_back", reason: expect.not.stringContaining("lock") });
    expect(tablesOf(database)).toEqual(["one"]);
    const lines = (await scenario.store.deployments.output(row.id, 0, 1000)).map(({ line }) => line);
    expect(lines.filter((line) => line.includes("the lock on the database was lost"))).toHaveLength(1);
  });

  it("is not held against the revision, which is deployed again by itself", async () => {
    const { scenario, database } = await migrating();
    const next = await scenario.commit("2", {
      "migrations/0002_two.sql": `-- migrate:up\n${SLOW}\ncreate table two (a integer);\n-- migrate:down\ndrop table two;\n`,
      "migrations/0003_three.sql":
        "-- migrate:up\ncreate table three (a integer);\n-- migrate:down\ndrop table three;\n",
    });
    await scenario.push();
    await kill(scenario, database, "0002_two", "applying", isHolder);
    const ended = async () => await scenario.store.deployments.history({ limit: 9 });
    await until("the deployment to be taken back", async () =>
      (await ended()).some(({ status }) => status === "rolled_back"),
    );
    expect((await ended()).find(({ status }) => status === "rolled_back")).toMatchObject({
      revision: next,
      reason: expect.stringContaining("the lock on the database was lost"),
    });
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined, waiting: { revision: next } });
    expect(await scenario.settled(next, "succeeded")).toMatchObject({ retry: 1 });
    expect(tablesOf(database)).toEqual(["one", "two", "three"]);
  });
});

describe("a database's client that is killed", () => {
  it("does not leave its migration in the database when it is taken back: it is started again", async () => {
    const { scenario, database } = await migrating();
    const bad = await scenario.commit("2 bad", {
      "migrations/0002_two.sql": `-- migrate:up\ncreate table two (a integer);\n-- migrate:down\n${SLOW}\ndrop table two;\n`,
    });
    await scenario.push();
    await kill(scenario, database, "0002_two", "rolling_back", isClient);
    const row = await scenario.settled(bad);
    expect(row).toMatchObject({ status: "rolled_back", reason: expect.not.stringContaining("SIGKILL") });
    expect(tablesOf(database)).toEqual(["one"]);
    const lines = (await scenario.store.deployments.output(row.id, 0, 1000)).map(({ line }) => line);
    expect(lines.filter((line) => line.includes("taking migrate-database back again"))).toHaveLength(1);
  });

  it("is not held against the revision, which is deployed again by itself", async () => {
    const { scenario, database } = await migrating();
    const next = await scenario.commit("2", {
      "migrations/0002_two.sql": `-- migrate:up\n${SLOW}\ncreate table two (a integer);\n-- migrate:down\ndrop table two;\n`,
    });
    await scenario.push();
    await kill(scenario, database, "0002_two", "applying", isClient);
    const history = async () => await scenario.store.deployments.history({ limit: 9 });
    const takenBack = async () => (await history()).find(({ status }) => status === "rolled_back");
    await until("the deployment to be taken back", async () => (await takenBack()) !== undefined);
    expect(await takenBack()).toMatchObject({ revision: next, reason: expect.stringContaining("SIGKILL") });
    expect((await scenario.store.targets.status())[0]).toMatchObject({ hold: undefined, waiting: { revision: next } });
    expect(await scenario.settled(next, "succeeded")).toMatchObject({ retry: 1 });
    expect(tablesOf(database)).toEqual(["one", "two"]);
  });
});
