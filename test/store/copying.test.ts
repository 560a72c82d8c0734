import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoreUnavailable, UsageError } from "../../src/domain/errors.ts";
import { copyStore } from "../../src/store/copying/copy-store.ts";
import type { StoreCopy } from "../../src/store/copying/fill-target.ts";
import { openStore } from "../../src/store/store.ts";
import { pickBySeed } from "../crash/sample.ts";
import { filledStore } from "../helpers/filled-store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

let server: PostgresServer;
let count = 0;
const newDatabase = (): string => server.database(`copy${(count += 1)}`);
const newFile = (): string => `sqlite:${join(temporaryFolder(), "copy.db")}`;

const copy = async (from: string, to: string, isDryRun = false): Promise<StoreCopy> =>
  await copyStore({ from, to, isDryRun, onProgress: () => undefined });

const hashes = ({ tables }: StoreCopy): Readonly<Record<string, string>> =>
  Object.fromEntries(tables.map(({ table, rows, sha256 }) => [table, `${rows} ${sha256}`]));

/** Runs statements on the file of a store, beside its own connection. */
function change(file: string, sql: string, ...values: readonly unknown[]): void {
  const database = new Database(file);
  database.pragma("foreign_keys = on");
  if (values.length === 0) database.exec(sql);
  else database.prepare(sql).run(...values);
  database.close();
}

const LARGEST = "9223372036854775807";

/** A store with rows in most tables; a body with every byte, the largest integer, and texts that break programs. */
async function hostileStore(): Promise<{ readonly file: string; readonly url: string }> {
  const { store } = await filledStore();
  const file = store.name;
  await store.close();
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  change(file, `update tb_webhook_event set body = ?, body_bytes = ${LARGEST} where verified = 1`, everyByte);
  change(
    file,
    "update tb_deployment set message = ? where status = 'queued'",
    "'; drop table x; -- \\ \u{1f353} e\u0301 \r\n\t%s $1 ?",
  );
  change(file, "insert into tb_action (id, at, action, by) values ('z', '', 'lock', ?)", "nul \0 behind");
  return { file, url: `sqlite:${file}` };
}

/** Everything of a database that acts by itself. Parentheses do not count: the server removes needless ones. */
const guards = (url: string): readonly string[] =>
  server
    .query(
      url,
      `select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
     union all select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
     union all select indexdef from pg_indexes where schemaname = 'public' order by 1`,
    )
    .map((each) => each.replaceAll(/[()]/g, ""));

describe("a copy of a store into another file", () => {
  it("has every row of every table, and takes up work where the first one stopped", async () => {
    const { url } = await hostileStore();
    const to = newFile();
    const first = await copy(url, to);
    expect(first.isResumed).toBe(false);
    expect(first.tables.filter(({ rows }) => rows > 0).length).toBeGreaterThan(12);
    const again = await copy(to, newFile());
    expect(hashes(again)).toEqual(hashes(first));
    const [old, store] = [await openStore(url), await openStore(to)];
    expect(await store.changes.newest()).toEqual(await old.changes.newest());
    expect(await store.deployments.history({ limit: 100 })).toEqual(await old.deployments.history({ limit: 100 }));
    await old.close();
    const before = (await store.changes.newest())?.sequence ?? 0;
    await store.deliveries.record([delivery(revision("9"))]);
    expect((await store.changes.newest())?.sequence ?? 0).toBeGreaterThan(before);
    expect(await store.check()).toEqual([]);
    await store.close();
  });

  it("is refused if the target has a store, or another program's tables", async () => {
    const { url } = await hostileStore();
    const taken = await freshStore();
    await expect(copy(url, `sqlite:${taken.file}`)).rejects.toThrow(`${taken.file} is not empty: it holds a store`);
    const foreign = newFile();
    change(foreign.slice("sqlite:".length), "create table price (amount integer)");
    await expect(copy(url, foreign)).rejects.toThrow(UsageError);
    await expect(copy(url, url)).rejects.toThrow("is not empty: it holds a store");
  });

  it("is refused while a deployment runs", async () => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("a")));
    await store.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" });
    const to = newFile();
    await expect(copy(`sqlite:${store.file}`, to)).rejects.toMatchObject({
      message: `deployment ${deployment} of api/production runs, and the store ${store.file} is not copied meanwhile`,
      hint: expect.stringContaining("wait until fraisier status shows"),
    });
    const opened = openStore(to);
    await (await opened).close();
  });

  it("writes nothing in a dry run, and counts what it would copy", async () => {
    const { url } = await hostileStore();
    const to = newFile();
    const plan = await copy(url, to, true);
    expect(plan.tables.find(({ table }) => table === "tb_deployment")).toMatchObject({ rows: 4, sha256: undefined });
    expect(existsSync(to.slice("sqlite:".length))).toBe(false);
  });

  it("leaves tables of other programs out, and names them", async () => {
    const { file, url } = await hostileStore();
    change(file, "create table notes (id integer primary key, note text)");
    const to = newFile();
    expect((await copy(url, to)).leftOut).toEqual(["notes"]);
  });

  it("is no store for any program before it is whole", async () => {
    const { url } = await hostileStore();
    const to = newFile();
    const writes = (await killedCopy(url, newFile(), 0)) ?? 0;
    await killedCopy(url, to, writes - 10);
    await expect(openStore(to)).rejects.toMatchObject({
      message: `the store ${to.slice("sqlite:".length)} is a copy that has not been finished`,
      hint: expect.stringContaining("fraisier store copy --to <url>"),
    });
    const other = await hostileStore();
    change(other.file, "update tb_store_migration set applied_at = '2020-01-01T00:00:00.000Z' where number = 1");
    await expect(copy(other.url, to)).rejects.toThrow("holds a copy of another store");
    expect((await copy(url, to)).isResumed).toBe(true);
    await (await openStore(to)).close();
  });
});

const HELPER = join(import.meta.dirname, "../helpers/copy-and-die.ts");

/** Copies in a process of its own, which dies before a write; gives the number of all writes if it did not die. */
async function killedCopy(from: string, to: string, write: number): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [HELPER, from, to, String(write)]);
    return Number(stdout);
  } catch (error) {
    if ((error as { signal?: unknown }).signal === "SIGKILL") return undefined;
    throw error;
  }
}

describe.skipIf(!hasPostgres)("a copy of a store between the engines", () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.stop());

  it("has every row there and back, byte by byte, and guards itself as a store that was made anew does", async () => {
    const { url } = await hostileStore();
    const there = newDatabase();
    const onServer = await copy(url, there);
    expect(onServer.tables.filter(({ replaced }) => replaced > 0)).toEqual([
      expect.objectContaining({ table: "tb_action", replaced: 1 }),
    ]);
    expect(
      server.query(
        there,
        `select body_bytes || ' ' || encode(substr(body, 1, 4), 'hex') || ' ' || length(body) from tb_webhook_event where verified = 1`,
      ),
    ).toEqual([`${LARGEST} 00010203 256`]);
    const fresh = newDatabase();
    await (await openStore(fresh)).close();
    expect(guards(there)).toEqual(guards(fresh));
    const store = await openStore(there);
    const before = (await store.changes.newest())?.sequence ?? 0;
    await store.deliveries.record([delivery(revision("9"))]);
    expect((await store.changes.newest())?.sequence ?? 0).toBeGreaterThan(before);
    expect(await store.check()).toEqual([]);
    await store.close();

    const back = await copy(there, newFile());
    const again = newDatabase();
    expect(hashes(await copy(there, again))).toEqual(hashes(back));
    expect(hashes(back)["tb_webhook_decision"]).not.toBe(hashes(onServer)["tb_webhook_decision"]);
    expect(hashes(back)["tb_action"]).toBe(hashes(onServer)["tb_action"]);
  });

  it("goes on after kill -9 before any of its writes, in each direction", async () => {
    const { file, url } = await hostileStore();
    change(
      file,
      `insert into tb_deployment_log (deployment_id, sequence, at, step, stream, line)
       with recursive n (i) as (select 1 union all select i + 1 from n where i < 5000)
       select (select min(id) from tb_deployment), i + 100, '', 'build', 'stdout', 'line ' || i from n`,
    );
    const origin = newDatabase();
    const whole = hashes(await copy(url, origin));
    for (const from of [url, origin]) {
      const makeTarget = from === url ? newDatabase : newFile;
      const writes = (await killedCopy(from, makeTarget(), 0)) ?? 0;
      expect(writes).toBeGreaterThan(100);
      // The last write ends the transaction of the source: the copy is whole then.
      const numbers = Array.from({ length: writes - 1 }, (_, index) => index + 1);
      const tried = new Set([writes - 1, ...["one", "other"].map((each) => pickBySeed(numbers, each))]);
      for (const write of process.env["FRAISIER_TEST_ALL"] === "1" ? numbers : tried) {
        const to = makeTarget();
        expect(await killedCopy(from, to, write)).toBe(undefined);
        expect(hashes(await copy(from, to)), `killed before write ${write} of ${writes}`).toEqual(whole);
      }
    }
  });

  it("copies a table anew if the source was written to between two runs", async () => {
    const { file, url } = await hostileStore();
    const to = newDatabase();
    const writes = (await killedCopy(url, newDatabase(), 0)) ?? 0;
    await killedCopy(url, to, writes - 3);
    change(file, "update tb_deployment set reason = 'changed meanwhile' where status = 'succeeded'");
    const resumed = await copy(url, to);
    expect(resumed.isResumed).toBe(true);
    expect(hashes(resumed)).toEqual(hashes(await copy(url, newDatabase())));
  });

  it("is refused while another fraisier has the source open, and says which one", async () => {
    const from = newDatabase();
    const other = await openStore(from);
    await expect(copy(from, newFile())).rejects.toMatchObject({
      message: expect.stringMatching(/ is in use: fraisier@\S+ \d+ is connected to it$/),
    });
    await other.close();
    await copy(from, newFile());
  });

  it("says what is wrong with the target, and never the password", async () => {
    const { url } = await hostileStore();
    const good = newDatabase();
    server.query(good, "create role reader login password 'reader-secret'");
    const as = (user: string): string => good.replace(/\/\/[^@]*@/, `//${user}@`);
    const failures = [
      [as("ann"), "wants a password, and there is none"],
      [as("ann:wrong-secret"), "does not let fraisier in"],
      [as("reader:reader-secret"), "refuses fraisier a right"],
      [good.replace("localhost/copy", "localhost/nothing"), "there is no store nothing"],
      ["postgres://ann:wrong-secret@127.0.0.1:1/copy?connect_timeout=1", "cannot be reached"],
    ] as const;
    for (const [to, message] of failures) {
      const error: unknown = await copy(url, to, true).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect((error as StoreUnavailable).message).toContain(message);
      expect(`${String(error)} ${(error as StoreUnavailable).hint}`).not.toMatch(/secret|p@ss|p%40ss/);
    }
  });
});
