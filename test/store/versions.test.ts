import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { StoreUnavailable } from "../../src/domain/errors.ts";
import { sqliteMigrations } from "../../src/store/migrations/sqlite-migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { mountSmall } from "../helpers/mount-small.ts";
import { ADDS, REMOVES, upgrade } from "../helpers/newer-store.ts";
import { API, delivery, freshStore, revision, wanted } from "../helpers/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const A = revision("a");
const KNOWN = sqliteMigrations.length;
const NEXT = KNOWN + 1;

function ask(file: string, question: string): unknown {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(question).pluck().get();
  } finally {
    database.close();
  }
}

const copiesOf = (file: string): readonly string[] =>
  readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.before-`));

describe("a store of no released fraisier", () => {
  it("is refused with the way to start anew, and stays as it is", async () => {
    const file = join(temporaryFolder(), "fraisier.db");
    const database = new Database(file);
    database.exec(`create table tb_store_migration (number integer primary key not null, name text not null,
      checksum text not null, applied_at text not null); insert into tb_store_migration values (1, 'initial', 'abc', '')`);
    database.close();
    const opening = openStore(`sqlite:${file}`);
    await expect(opening).rejects.toThrow(StoreUnavailable);
    await expect(opening).rejects.toMatchObject({
      message: `the store ${file} was made by an unreleased fraisier, or by another program`,
      hint: expect.stringContaining(`move it away to start with a new store: for f in ${file} `),
    });
    expect(ask(file, "select count(*) from sqlite_master")).toBe(1);
  });

  it("is refused if another program made it", async () => {
    const file = join(temporaryFolder(), "shop.db");
    const database = new Database(file);
    database.exec("create table price (amount integer); pragma user_version = 7");
    database.close();
    await expect(openStore(`sqlite:${file}`)).rejects.toThrow("by another program");
    expect(ask(file, "select count(*) from sqlite_master")).toBe(1);
  });
});

describe("a store that a newer fraisier has migrated", () => {
  const SENTENCE = new RegExp(
    `^the store is at version ${NEXT}, which fraisier \\S+ made, and this fraisier \\S+ knows version ${KNOWN}: `,
  );

  it("can be read, and takes no writes, neither in a transaction nor by themselves", async () => {
    const { file, queue } = await freshStore();
    const { deployment } = await queue.enqueue(API, "person", wanted(A));
    await upgrade(file, ADDS);
    const store = await openStore(`sqlite:${file}`);
    expect(store.onlyReads()).toMatchObject({ message: expect.stringMatching(SENTENCE), exitCode: 4 });
    expect((await store.deployments.detail(deployment))?.deployment.status).toBe("queued");
    expect(await store.deployments.history({ limit: 5 })).toHaveLength(1);
    for (const write of [
      store.deliveries.record([delivery(A)]),
      store.queue.recordWait(deployment, undefined),
      store.upkeep.forget("deployments", "zzz"),
    ]) {
      await expect(write).rejects.toThrow(StoreUnavailable);
      await expect(write).rejects.toThrow(SENTENCE);
    }
    await store.close();
  });

  it("is written to the end by a runner that only has to finish", async () => {
    const { file, queue } = await freshStore();
    const { deployment } = await queue.enqueue(API, "person", wanted(A));
    const runner = await openStore(`sqlite:${file}`, { finishes: true });
    expect(await runner.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" })).toBe(true);
    await upgrade(file, ADDS);
    expect(await runner.queue.adopt(deployment, { owner: "me", kind: "process", identity: "{}" }, 60_000)).toBe(true);
    await runner.close();
    const next = await openStore(`sqlite:${file}`, { finishes: true });
    await next.deployments.settle(deployment, "me", { outcome: "succeeded", reason: "", hint: "" });
    expect((await next.deployments.detail(deployment))?.deployment.status).toBe("succeeded");
    await next.close();
  });

  it("takes no more writes of a process that had it open", async () => {
    const store = await freshStore();
    await store.deliveries.record([delivery(A)]);
    expect(store.onlyReads()).toBeUndefined();
    await upgrade(store.file, ADDS);
    expect(store.onlyReads()?.message).toMatch(SENTENCE);
    await expect(store.deliveries.record([delivery(revision("b"))])).rejects.toThrow(SENTENCE);
    // By itself, outside a transaction.
    await expect(store.upkeep.forget("deliveries", "zzz")).rejects.toThrow(SENTENCE);
    expect(await store.deliveries.history({ limit: 5 })).toHaveLength(1);
  });

  it("cannot even be read once what an older one needs is removed", async () => {
    const store = await freshStore();
    const runner = await openStore(`sqlite:${store.file}`, { finishes: true });
    await upgrade(store.file, REMOVES);
    for (const options of [{}, { finishes: true }]) {
      await expect(openStore(`sqlite:${store.file}`, options)).rejects.toMatchObject({
        message: expect.stringMatching(/: it cannot be used$/),
        hint: expect.stringContaining(`ls ${store.file}.before-*`),
      });
    }
    for (const each of [store, runner]) await expect(each.deliveries.record([delivery(A)])).rejects.toThrow(SENTENCE);
    await runner.close();
  });
});

describe("a store that is migrated", () => {
  it("is copied first, and the copy is whole and as private as the store", async () => {
    const { file, queue } = await freshStore();
    const { deployment } = await queue.enqueue(API, "person", wanted(A));
    chmodSync(file, 0o600);
    if (process.getuid?.() === 0) chownSync(file, 65_534, 65_534);
    await upgrade(file, ADDS);
    const [name, ...more] = copiesOf(file);
    expect(more).toEqual([]);
    expect(name).toMatch(/^store\.db\.before-\d+\.\d+\.\d+\S*-\d{8}T\d{6}Z$/);
    const copy = join(dirname(file), name ?? "");
    const { uid, gid, mode } = statSync(file);
    expect(statSync(copy)).toMatchObject({ uid, gid, mode });
    expect(ask(copy, "pragma integrity_check")).toBe("ok");
    expect(ask(copy, "pragma user_version")).toBe(KNOWN);
    const older = await openStore(`sqlite:${copy}`);
    expect((await older.deployments.detail(deployment))?.deployment.status).toBe("queued");
    await older.close();
    expect(ask(file, "select later is null from tb_deployment")).toBe(1);
  });

  it("is not copied when it is new", async () => {
    const file = join(temporaryFolder(), "fraisier.db");
    await (await openStore(`sqlite:${file}`)).close();
    expect(copiesOf(file)).toEqual([]);
  });

  it("leaves the newest two copies, and nothing of processes that were killed", async () => {
    const { file } = await freshStore();
    for (const name of ["0.1.0-20250101T000000Z", "0.9.0-20250301T000000Z", "0.10.0-20250201T000000Z"])
      writeFileSync(`${file}.before-${name}`, "");
    writeFileSync(`${file}.before-0.9.0-20250401T000000Z.part-4194304`, "half");
    writeFileSync(`${file}.before-lunch`, "somebody's own");
    await upgrade(file, ADDS);
    const left = copiesOf(file).filter((name) => !name.endsWith("0.9.0-20250301T000000Z"));
    expect(left).toHaveLength(2);
    expect(left).toContain(`${basename(file)}.before-lunch`);
  });

  it("is migrated once by processes that start together", async () => {
    const { file } = await freshStore();
    await Promise.all([upgrade(file, ADDS), upgrade(file, ADDS), upgrade(file, ADDS)]);
    expect(ask(file, "select count(*) from tb_store_migration")).toBe(NEXT);
    expect(copiesOf(file)).toHaveLength(1);
  });

  it("stays as it was if a migration fails", async () => {
    const { file } = await freshStore();
    const broken = { ...ADDS, sql: `${ADDS.sql} select 1 from nowhere;` };
    await expect(upgrade(file, broken)).rejects.toThrow("nowhere");
    expect(ask(file, "pragma user_version")).toBe(KNOWN);
    expect(ask(file, "select count(*) from sqlite_master where name = 'tb_later'")).toBe(0);
    expect(copiesOf(file)).toEqual([]);
    await upgrade(file, ADDS);
    expect(ask(file, "pragma user_version")).toBe(NEXT);
  });

  it.skipIf(process.getuid?.() !== 0)("stays as it was if there is no room for the copy", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "small/store.db");
    await (await openStore(`sqlite:${file}`)).close();
    if (!mountSmall(folder, "small", 20)) return;
    writeFileSync(join(folder, "small/ballast"), Buffer.alloc(10 << 20));
    await expect(upgrade(file, ADDS)).rejects.toThrow(/there is no room for a copy of the store in .* it needs 17 MiB/);
    expect(ask(file, "pragma user_version")).toBe(KNOWN);
  });

  /** Runs an upgrade in a process of its own, and kills it as soon as something is true. */
  async function killedWhen(file: string, sql: string, isTime: () => boolean): Promise<void> {
    const script = `import { openStore } from ${JSON.stringify(join(import.meta.dirname, "../../src/store/store.ts"))};
      import { sqliteMigrations } from ${JSON.stringify(join(import.meta.dirname, "../../src/store/migrations/sqlite-migrations.ts"))};
      await openStore(${JSON.stringify(`sqlite:${file}`)},
        { migrations: [...sqliteMigrations, ${JSON.stringify({ ...ADDS, sql })}] });`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], { stdio: "inherit" });
    const ended = once(child, "exit");
    while (!isTime() && child.exitCode === null) await sleep(1);
    child.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
  }

  it("is right at the next start when the process was killed while it copied or migrated", async () => {
    const { file, deliveries } = await freshStore();
    const body = new Uint8Array(1 << 20).fill(97);
    await deliveries.record(Array.from({ length: 16 }, () => delivery(A, { body })));
    const check = (): void => {
      expect(ask(file, "pragma user_version")).toBe(KNOWN);
      expect(ask(file, "pragma integrity_check")).toBe("ok");
    };
    await killedWhen(file, ADDS.sql, () => copiesOf(file).some((name) => name.includes(".part-")));
    check();
    // The migration itself writes for ever.
    const endless = `${ADDS.sql} insert into tb_later with recursive n(i) as (select 1 union all select i + 1 from n) select i from n;`;
    await killedWhen(file, endless, () => copiesOf(file).some((name) => name.endsWith("Z")));
    check();
    await killedWhen(file, endless, () => existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 8 << 20);
    check();
    await upgrade(file, ADDS);
    expect(ask(file, "pragma user_version")).toBe(NEXT);
    expect(ask(file, "select count(*) from tb_webhook_event")).toBe(16);
    expect(copiesOf(file).filter((name) => name.includes(".part-"))).toEqual([]);
    expect(copiesOf(file)).toHaveLength(2);
  });
});
