import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { StoreUnavailable } from "../../src/domain/errors.ts";
import { prune } from "../../src/queue/retention.ts";
import { postgresMigrations } from "../../src/store/migrations/postgres-migrations.ts";
import { openStore, STORE_VERSION } from "../../src/store/store.ts";
import type { Store, StoreOptions } from "../../src/store/store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { freePort } from "../helpers/scenario.ts";
import { API, delivery, revision, wanted } from "../helpers/store.ts";

const A = revision("a");
const B = revision("b");

let server: PostgresServer;
let port: number;
let count = 0;

const newDatabase = (): string => server.database(`server${(count += 1)}`);

/** Its URL over TCP, with the password and these parameters. */
const overTcp = (url: string, host: string, parameters = ""): string =>
  `postgres://ann:${encodeURIComponent(server.password)}@${host}${new URL(url).pathname}${parameters}`;

async function open(url: string, options: StoreOptions = {}): Promise<Store> {
  const store = await openStore(url, options);
  onTestFinished(async () => await store.close());
  return store;
}

describe.skipIf(!hasPostgres)("a store on a PostgreSQL server", () => {
  beforeAll(async () => {
    port = await freePort();
    server = await startPostgres({ port });
  });
  afterAll(async () => await server.stop());

  it("is made once by processes that start at the same moment", async () => {
    const url = newDatabase();
    const stores = await Promise.all([open(url), open(url), open(url)]);
    expect(stores.map((store) => store.version())).toEqual([STORE_VERSION, STORE_VERSION, STORE_VERSION]);
    expect(server.query(url, "select count(*) from tb_store_migration")).toEqual([String(postgresMigrations.length)]);
  });

  it("is refused in a database that another program uses", async () => {
    const url = newDatabase();
    server.query(url, "create table price (amount integer)");
    await expect(openStore(url)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^the store server\d+ on \S+ was made by an unreleased fraisier, or by another program$/,
      ),
      hint: expect.stringContaining("name another database in store.url"),
    });
  });

  it("tells every process of a poke and of a change, also of one that nobody poked for", async () => {
    const url = newDatabase();
    const [watching, other] = [await open(url), await open(url)];
    let heard = 0;
    onTestFinished(watching.onPoke(() => void (heard += 1)));
    const pokes = async (): Promise<void> => {
      const before = heard;
      await expect
        .poll(() => {
          other.poke();
          return heard;
        })
        .toBeGreaterThan(before);
    };
    await pokes();
    const mark = watching.writeMark();
    await other.deliveries.record([delivery(A)]);
    await expect.poll(() => watching.writeMark()).not.toBe(mark);
    // The session that listens is ended by an administrator: the next one hears as well.
    server.query(url, "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %'");
    await pokes();
  });

  it("numbers changes in the order of their commits, without gaps, whoever writes at once", async () => {
    const url = newDatabase();
    const stores = await Promise.all([open(url), open(url), open(url)]);
    const targets = ["api", "web", "docs", "shop"].map((fraise) => ({ ...API, fraise }));
    const work = stores.flatMap((store, index) =>
      targets.map(async (target) => {
        await store.queue.enqueue(target, "person", wanted(revision(String(index))));
        await store.targets.lock({
          ...target,
          reason: `${index}`,
          lockedBy: "ann",
          lockedAt: new Date().toISOString(),
        });
      }),
    );
    let seen = 0;
    let isOver = false;
    const reading = (async () => {
      for (;;) {
        const wasOver = isOver;
        const changes = await stores[0]?.changes.after(seen, 1_000);
        for (const { sequence } of changes ?? []) {
          expect(sequence).toBe(seen + 1);
          seen = sequence;
        }
        if (wasOver) return;
        await sleep(1);
      }
    })();
    await Promise.all(work);
    isOver = true;
    await reading;
    expect(seen).toBeGreaterThanOrEqual(2 * targets.length * stores.length);
  });

  it("keeps texts with a character that PostgreSQL has no place for", async () => {
    const store = await open(newDatabase());
    const recorded = await store.deliveries.record([delivery(A, { wanted: { message: "a\0b" } })]);
    const { deployment } = recorded[0]?.decisions[0] ?? {};
    expect((await store.deployments.detail(deployment ?? ""))?.deployment.message).toBe("a\u{fffd}b");
  });

  it("takes no more writes of a program that is older than the store, neither in a transaction nor by themselves", async () => {
    const url = newDatabase();
    const store = await open(url);
    await store.deliveries.record([delivery(A)]);
    const next = { number: STORE_VERSION + 1, name: "next", sql: "create table tb_next (id bigint)", writableFrom: 1 };
    await (await openStore(url, { migrations: [...postgresMigrations, next] })).close();
    const refusal = new RegExp(`^the store is at version ${next.number}, .*: it only reads$`);
    await expect(store.deliveries.record([delivery(B)])).rejects.toThrow(refusal);
    await expect(store.upkeep.forget("deliveries", "zzz")).rejects.toThrow(refusal);
    expect(store.onlyReads()?.message).toMatch(refusal);
    expect(await store.deliveries.history({ limit: 5 })).toHaveLength(1);
    const runner = await open(url, { finishes: true });
    await runner.deliveries.record([delivery(B)]);
  });

  it("is reached with a certificate for the name in the URL, and with no other", async () => {
    const url = newDatabase();
    const verified = `?sslmode=verify-full&sslrootcert=${server.authority}`;
    await open(overTcp(url, `localhost:${port}`, verified));
    expect(
      server.query(
        url,
        "select count(*) > 0 from pg_stat_ssl join pg_stat_activity using (pid) where ssl and datname = current_database()",
      ),
    ).toEqual(["t"]);
    for (const wrong of [
      overTcp(url, `127.0.0.1:${port}`, verified),
      overTcp(url, `localhost:${port}`, "?sslmode=verify-full"),
    ]) {
      const opening = openStore(wrong);
      await expect(opening).rejects.toThrow(StoreUnavailable);
      await expect(opening).rejects.toThrow(/cannot be trusted: /);
    }
  });

  it("is found on the host that takes writes, if the URL names several", async () => {
    const url = newDatabase();
    const dead = await freePort();
    const store = await open(
      overTcp(url, `127.0.0.1:${dead},127.0.0.1:${port}`, "?target_session_attrs=read-write&connect_timeout=2"),
    );
    await store.deliveries.record([delivery(A)]);
    server.query(url, `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`);
    await expect(openStore(url, { patienceMs: () => 2_000 })).rejects.toThrow(/takes no writes/);
  });

  it("says why the server does not let it in, without the password", async () => {
    const url = newDatabase();
    const wrong = url.replace(encodeURIComponent(server.password), "not-the-password");
    const failed = await openStore(wrong).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(StoreUnavailable);
    expect(failed).toMatchObject({
      message: expect.stringMatching(/^the server of the store \S+ on \S+ does not let fraisier in: password/),
    });
    expect(JSON.stringify(failed)).not.toContain("not-the-password");
    await expect(openStore(url.replace(/server\d+/, "nothing"))).rejects.toThrow(/^there is no store nothing on /);
  });

  it("is waited for while it restarts; a write that had begun is there whole or not at all", async () => {
    const url = newDatabase();
    const store = await open(url);
    const impatient = await open(url, { patienceMs: () => 200 });
    await store.deliveries.record([delivery(A)]);
    await server.kill();
    await expect.poll(() => store.unwell()?.message).toMatch(/^the server of the store \S+ on \S+ cannot be reached: /);
    await expect(impatient.deliveries.record([delivery(B)])).rejects.toThrow(StoreUnavailable);
    const waiting = store.deliveries.record([delivery(revision("c"))]);
    await server.start();
    await waiting;
    expect(await store.deliveries.history({ limit: 5 })).toHaveLength(2);
    await expect.poll(() => [store.unwell(), impatient.unwell()]).toEqual([undefined, undefined]);
  });

  it("has statements and transactions that end, and says whose they are", async () => {
    const url = newDatabase();
    const store = await open(url);
    const impatient = await open(url, { patienceMs: () => 300 });
    expect(
      server.query(
        url,
        "select distinct application_name ~ '^fraisier@' from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      ),
    ).toEqual(["t"]);
    const busy = Promise.withResolvers<void>();
    const slow = store.variables.reseal(async () => {
      await busy.promise;
      return { recipient: "age1", variables: [] };
    });
    await expect
      .poll(() => server.query(url, "select count(*) from pg_locks where locktype = 'advisory' and granted"))
      .toEqual(["1"]);
    await expect(impatient.deliveries.record([delivery(A)])).rejects.toThrow(
      /is locked: another process has kept it locked/,
    );
    busy.resolve();
    await slow;
    await impatient.deliveries.record([delivery(A)]);
  });

  it("is measured, and pruned by what its rows take, as the server keeps the space of those that are gone", async () => {
    const store = await open(newDatabase());
    const body = new Uint8Array(20_000).map((_, index) => (index * 7919) % 251);
    await store.deliveries.record(["a", "b", "c"].map((digit) => delivery(revision(digit), { body })));
    const [total, used] = [await store.size(), await store.usedSize()];
    expect(used).toBeGreaterThan(1_000);
    expect(used).toBeLessThan(total);
    const keep = { keep_payloads_days: 30, keep_logs_days: 30, keep_history_days: 365 };
    expect(await prune(store, { ...keep, max_size: used + 1 }, new Date())).toEqual({});
    expect(await prune(store, { ...keep, max_size: 1 }, new Date(Date.now() + 60_000))).toMatchObject({ payloads: 3 });
    expect(await store.usedSize()).toBeLessThan(used);
    expect(await store.check()).toEqual([]);
    expect(store.inFile).toBeUndefined();
  });
});
