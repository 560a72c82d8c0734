import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/store.ts";
import type { Store } from "../../src/store/store.ts";
import { filledStore } from "../helpers/filled-store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { copyStore } from "../../src/store/copying/copy-store.ts";

let server: PostgresServer;
let count = 0;

/** An open store with rows in most tables, and a way to change them that no guard of the engine stops. */
interface Breakable {
  readonly store: Store;
  readonly ids: Readonly<Record<"live" | "takenBack" | "waiting", string>>;
  damage(sql: string): void;
  reopen(): Promise<Store>;
}

async function inFile(): Promise<Breakable> {
  const { store, ids } = await filledStore();
  return {
    store,
    ids,
    damage(sql) {
      const database = new Database(store.name);
      database.pragma("foreign_keys = off");
      database.pragma("ignore_check_constraints = on");
      database.exec(sql);
      database.close();
    },
    reopen: async () => await openStore(`sqlite:${store.name}`),
  };
}

async function onServer(): Promise<Breakable> {
  const { store: origin, ids } = await filledStore();
  const url = server.database(`checked${(count += 1)}`);
  await copyStore({ from: `sqlite:${origin.name}`, to: url, isDryRun: false, onProgress: () => undefined });
  const store = await openStore(url);
  onTestFinished(async () => await store.close());
  return {
    store,
    ids,
    damage: (sql) => void server.query(url, `set session_replication_role = replica; ${sql}`),
    reopen: async () => await openStore(url),
  };
}

beforeAll(async () => {
  if (hasPostgres) server = await startPostgres();
});
afterAll(async () => {
  if (hasPostgres) await server.stop();
});

describe.each([
  ["in a file", inFile, false],
  ["on PostgreSQL", onServer, !hasPostgres],
] as const)("a look for broken promises of a store %s", (_, make, isSkipped) => {
  it.skipIf(isSkipped)("finds nothing in a store that nothing has damaged", async () => {
    const { store } = await make();
    expect(await store.findBroken()).toEqual([]);
  });

  it.skipIf(isSkipped)("names the rows that break a promise, and what to do", async () => {
    const { store, ids, damage } = await make();
    damage(`drop index ux_deployment_running;
      update tb_deployment set status = 'running', lease_expires_at = '2026-01-01T00:00:00.000Z' where id in ('${ids.takenBack}', '${ids.waiting}');
      delete from tb_deployment where id = '${ids.live}';
      update tb_webhook_decision set decision = 'perhaps';
      drop view v_api_token;
      create view v_api_token as select 1 as id`);
    const findings = await store.findBroken();
    const of = (table: string): readonly object[] => findings.filter((each) => each.table === table);
    expect(of("tb_deployment")).toEqual([
      {
        table: "tb_deployment",
        row: ids.waiting,
        problem: `2 deployments run at once on api/production, from ${ids.takenBack} on`,
        remedy: `Cancel all but the newest: fraisier cancel ${ids.takenBack}`,
      },
      expect.objectContaining({
        row: ids.takenBack,
        problem: "the deployment of api/production is running, and has had no runner since 2026-01-01T00:00:00.000Z",
      }),
      expect.objectContaining({ row: ids.waiting, remedy: expect.stringContaining("sudo systemctl start fraisier") }),
    ]);
    expect(of("tb_deployment_log")).toEqual(
      [1, 2].map((sequence) => ({
        table: "tb_deployment_log",
        row: `deployment_id = '${ids.live}' and sequence = ${sequence}`,
        problem: `its deployment_id is ${ids.live}, and tb_deployment has no such row`,
        remedy: `Stop the daemon, make a backup, and remove the row: delete from tb_deployment_log where deployment_id = '${ids.live}' and sequence = ${sequence}`,
      })),
    );
    expect(of("tb_fraise_state")).toEqual([
      expect.objectContaining({
        row: "api/production",
        problem: `deployment ${ids.live}, which is on record as live, does not exist`,
        remedy: expect.stringContaining("fraisier deploy api production"),
      }),
    ]);
    expect(of("tb_webhook_decision")).toEqual([
      expect.objectContaining({ row: "decision = 'perhaps'", problem: expect.stringContaining('"perhaps"') }),
    ]);
    expect(of("v_api_token")).toEqual([
      expect.objectContaining({ remedy: expect.stringContaining("create view v_api_token as select") }),
    ]);
  });

  it.skipIf(isSkipped)("finds a state whose deployment did not succeed, and two that wait for one target", async () => {
    const { store, ids, damage } = await make();
    damage(`drop index ux_deployment_waiting;
      update tb_fraise_state set deployment_id = '${ids.takenBack}' where fraise = 'api';
      update tb_deployment set status = 'queued' where id = '${ids.live}'`);
    expect(await store.findBroken()).toEqual([
      expect.objectContaining({ row: ids.waiting, problem: expect.stringContaining("2 deployments wait at once") }),
      expect.objectContaining({ problem: `deployment ${ids.takenBack}, which is on record as live, is rolled_back` }),
    ]);
  });

  it.skipIf(isSkipped)("is not even made if a migration of the store was changed", async () => {
    const { damage, reopen, store } = await make();
    damage("update tb_store_migration set checksum = 'other' where number = 11");
    await expect(reopen()).rejects.toThrow(
      `migration 11 (traces) of the store ${store.name} is not the one that this fraisier knows`,
    );
  });
});
