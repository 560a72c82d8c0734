import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { withDirect } from "../../src/domain/postgres-url.ts";
import { copyStore } from "../../src/store/copying/copy-store.ts";
import { postgresMigrations } from "../../src/store/migrations/postgres-migrations.ts";
import { openStore, STORE_VERSION } from "../../src/store/store.ts";
import type { Store, StoreOptions } from "../../src/store/store.ts";
import { hasPgBouncer, startPgBouncer } from "../helpers/pgbouncer.ts";
import type { PgBouncer } from "../helpers/pgbouncer.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { freePort } from "../helpers/scenario.ts";
import { delivery, revision } from "../helpers/store.ts";

let server: PostgresServer;
let serverPort: number;
let count = 0;

async function open(url: string, options: StoreOptions = {}): Promise<Store> {
  const store = await openStore(url, options);
  onTestFinished(async () => await store.close());
  return store;
}

describe.skipIf(!hasPostgres || !hasPgBouncer)("a store behind PgBouncer", () => {
  beforeAll(async () => {
    serverPort = await freePort();
    server = await startPostgres({ port: serverPort });
  });
  afterAll(async () => await server.stop());

  describe.each(["session", "transaction"] as const)("in %s mode", (mode) => {
    let pooler: PgBouncer;
    beforeAll(async () => {
      pooler = await startPgBouncer({ server, serverPort, port: await freePort(), mode });
    });
    afterAll(async () => await pooler.stop());

    /** The URL for fraisier: with the server itself beside it, where sessions are lent for one transaction. */
    const newStore = (): { readonly url: string; readonly database: string } => {
      const database = server.database(`${mode}${(count += 1)}`);
      const direct = `postgres://127.0.0.1:${serverPort}${new URL(database).pathname}`;
      const url = pooler.through(database);
      return { url: mode === "session" ? url : withDirect(url, direct), database };
    };

    it("is made, hears of pokes and changes, and gives the name of a host to one daemon alone", async () => {
      const { url, database } = newStore();
      const [watching, other] = [await open(url), await open(url)];
      expect(watching.version()).toBe(STORE_VERSION);
      let heard = 0;
      onTestFinished(watching.onPoke(() => void (heard += 1)));
      await expect
        .poll(() => {
          other.poke();
          return heard;
        })
        .toBeGreaterThan(1);
      const mark = watching.writeMark();
      await other.deliveries.record([delivery(revision("a"))]);
      await expect.poll(() => watching.writeMark()).not.toBe(mark);
      const claim = await watching.onServer?.claimHost("web1");
      expect(claim).toBeDefined();
      expect(await other.onServer?.claimHost("web1")).toBeUndefined();
      await claim?.release();
      // Neither timeouts nor anything else of fraisier's is left in the sessions that others get.
      expect(
        pooler.query(database, "select current_setting('statement_timeout'), current_setting('lock_timeout')"),
      ).toEqual(["0|0"]);
    });

    it("records deliveries that come at once, each one once", async () => {
      const { url, database } = newStore();
      const stores = await Promise.all([open(url), open(url), open(url)]);
      await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          await stores[index % 3]?.deliveries.record([delivery(revision(String(index % 10)))]);
        }),
      );
      expect(
        server.query(database, "select count(*), count(distinct sequence) from tb_change where kind = 'delivery'"),
      ).toEqual(["30|30"]);
    });

    it("takes no more writes of an older program, and goes on taking those of others", async () => {
      const { url } = newStore();
      const older = await open(url);
      await older.deliveries.record([delivery(revision("a"))]);
      const next = {
        number: STORE_VERSION + 1,
        name: "next",
        sql: "create table tb_next (id bigint)",
        writableFrom: 1,
      };
      const newer = await open(url, { migrations: [...postgresMigrations, next] });
      const refusal = /^the store is at version \d+, .*: it only reads$/;
      await expect(older.deliveries.record([delivery(revision("b"))])).rejects.toThrow(refusal);
      await expect(older.upkeep.forget("deliveries", "zzz")).rejects.toThrow(refusal);
      expect(await older.deliveries.history({ limit: 5 })).toHaveLength(1);
      await newer.deliveries.record([delivery(revision("b"))]);
      expect(await newer.deliveries.history({ limit: 5 })).toHaveLength(2);
    });

    it("is copied from there once no daemon works with it", async () => {
      const { url } = newStore();
      const store = await openStore(url);
      await store.deliveries.record([delivery(revision("a"))]);
      const claim = await store.onServer?.claimHost("web1");
      const copy = async () =>
        await copyStore({
          from: url,
          to: server.database(`copied${(count += 1)}`),
          isDryRun: false,
          onProgress: () => undefined,
        });
      await expect(copy()).rejects.toThrow(/is in use: fraisier@/);
      await claim?.release();
      await store.close();
      expect((await copy()).tables.find(({ table }) => table === "tb_webhook_event")?.rows).toBe(1);
    });
  });
});
