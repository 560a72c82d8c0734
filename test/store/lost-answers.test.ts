import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { StoreAway } from "../../src/domain/errors.ts";
import { newId } from "../../src/domain/id.ts";
import { readPostgresUrl } from "../../src/domain/postgres-url.ts";
import { connectToPostgres } from "../../src/store/backends/postgres-client.ts";
import { storePatience } from "../../src/pipeline/store-patience.ts";
import type { StorePatience } from "../../src/pipeline/store-patience.ts";
import { openStore } from "../../src/store/store.ts";
import type { Store } from "../../src/store/store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { freePort } from "../helpers/scenario.ts";
import { API, delivery, revision } from "../helpers/store.ts";
import { startTcpProxy } from "../helpers/tcp-proxy.ts";
import type { TcpProxy } from "../helpers/tcp-proxy.ts";

const OWNER = newId();
const RUNNER = { owner: OWNER, kind: "process", identity: "{}" };
const LEASE_MS = 30_000;

interface Waiting {
  readonly url: string;
  readonly store: Store;
  readonly patience: StorePatience;
  readonly proxy: TcpProxy;
}

type Nouns = ReturnType<NonNullable<Store["persisting"]>>;

let server: PostgresServer;
let port: number;
let count = 0;

/** A store whose calls wait as those of a runner do, behind a proxy. */
async function waiting(patienceMs = 20_000): Promise<Waiting & { readonly calls: Nouns }> {
  const url = server.database(`lost${(count += 1)}`, "empty");
  const proxy = await startTcpProxy(port);
  const through = `postgres://ann:${encodeURIComponent(server.password)}@127.0.0.1:${proxy.port}${new URL(url).pathname}?sslmode=disable&connect_timeout=1`;
  const store = await openStore(through, { patienceMs: () => 500 });
  onTestFinished(async () => await store.close());
  const patience = storePatience({ patienceMs });
  const calls = store.persisting?.(patience);
  if (calls === undefined) throw new Error("a store on a server persists");
  return { url, store, patience, proxy, calls };
}

/** A deployment that was claimed for a runner. */
async function claimed({ deliveries, queue }: Pick<Store, "deliveries" | "queue">): Promise<string> {
  const [recorded] = await deliveries.record([delivery(revision("a"))]);
  const id = recorded?.decisions[0]?.deployment ?? "";
  await queue.claim(id, { leaseMs: LEASE_MS, claimer: "{}" });
  return id;
}

const CHECK = {
  type: "http",
  status: "passed",
  seen: "",
  durationMs: 1,
  at: new Date(),
  isHostFault: false,
} as const;

type Write = readonly [what: string, lost: string, write: (calls: Nouns, id: string) => Promise<unknown>];

/** The writes of a runner in the order in which they come, each with the text of the statement whose answer is lost. */
const WRITES: readonly Write[] = [
  ["adopt", 'update "tb_deployment"', ({ queue }, id) => queue.adopt(id, RUNNER, LEASE_MS)],
  [
    "keep settings",
    "commit",
    ({ deployments }, id) =>
      deployments.keepSettings(id, OWNER, { hash: "h", text: "t", secrets: new Uint8Array([1]) }),
  ],
  ["renew the lease", 'update "tb_deployment"', ({ queue }, id) => queue.renewLease(id, OWNER, LEASE_MS)],
  [
    "enter a phase",
    "commit",
    ({ deployments }, id) => deployments.enterPhase(id, OWNER, { phase: "building", progress: 1, metadata: { a: 1 } }),
  ],
  [
    "begin a step",
    "commit",
    ({ deployments }, id) =>
      deployments.journalStep(id, OWNER, { step: "build", phase: "building", status: "started" }),
  ],
  [
    "append to the log",
    'insert into "tb_deployment_log"',
    ({ deployments }, id) =>
      deployments.appendOutput(id, [{ sequence: 1, at: "2026", step: "build", stream: "stdout", line: "one" }]),
  ],
  ["peel a tag", 'update "tb_deployment"', ({ deployments }, id) => deployments.peelRevision(id, OWNER, revision("b"))],
  ["record a message", 'update "tb_deployment"', ({ deployments }, id) => deployments.recordMessage(id, OWNER, "m")],
  [
    "begin a migration",
    'insert into "tb_migration_history"',
    ({ databases }, id) =>
      databases.beginMigration(API, {
        migration: "1",
        tool: "sql",
        file: "1.sql",
        sha256: "",
        deployment: id,
        by: "ann",
        status: "applying",
      }),
  ],
  [
    "begin a backup",
    'insert into "tb_backup"',
    ({ databases }, id) =>
      databases.beginBackup(API, {
        id: "backup",
        deployment: id,
        revision: revision("a"),
        engine: "postgres",
        path: "/b",
        by: "ann",
      }),
  ],
  [
    "settle a backup",
    'update "tb_backup"',
    ({ databases }) => databases.settleBackup("backup", { status: "failed", error: "e" }),
  ],
  [
    "record a file of a group",
    "commit",
    ({ targets }, id) => targets.recordGroupFile(id, OWNER, { group: "g", file: "f", blob: "b" }),
  ],
  [
    "record a verification",
    "commit",
    ({ verifications }, id) =>
      verifications.record({
        target: API,
        revision: revision("a"),
        deployment: { id, owner: OWNER },
        results: [
          { ...CHECK, name: "one" },
          { ...CHECK, name: "two" },
        ],
      }),
  ],
  [
    "begin a rollback",
    "commit",
    ({ deployments }, id) => deployments.beginRollback(id, OWNER, { reason: "r", isBad: true }),
  ],
  [
    "end it",
    "commit",
    ({ deployments }, id) =>
      deployments.settle(id, OWNER, {
        outcome: "rolled_back",
        reason: "r",
        hint: "",
        retry: { limit: 3, because: "r" },
      }),
  ],
];

/** How many rows each table has, but for the changes, which may be told twice. */
const rowsOf = (url: string): readonly string[] =>
  server.query(
    url,
    `select tablename, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', tablename), false, true, '')))[1]
     from pg_tables where schemaname = 'public' and tablename <> 'tb_change' order by 1`,
  );

describe.skipIf(!hasPostgres)("a runner whose store is behind a bad network", () => {
  beforeAll(async () => {
    port = await freePort();
    server = await startPostgres({ port });
    await (await openStore(server.database("empty"))).close();
  });
  afterAll(async () => await server.stop());

  it("makes no write twice if the answer to it is lost, and none is missing", async () => {
    const [plain, lossy] = [await waiting(), await waiting()];
    const [one, two] = [await claimed(plain.store), await claimed(lossy.store)];
    for (const [what, lost, write] of WRITES) {
      const expected = await write(plain.calls, one);
      const losing = lossy.proxy.loseAnswerTo(lost);
      const result = await write(lossy.calls, two);
      await losing;
      if (typeof expected !== "string") expect(result, what).toEqual(expected);
    }
    expect(rowsOf(lossy.url)).toEqual(rowsOf(plain.url));
    const state =
      "select status, phase, attempt, coalesce(settings, ''), revision, message from tb_deployment order by id";
    expect(server.query(lossy.url, state)).toEqual(server.query(plain.url, state));
    expect(lossy.patience.awayMs()).toBeGreaterThan(0);
  });

  it("gives a deployment back once if the answer to that is lost", async () => {
    const { store, calls, proxy, url } = await waiting();
    const id = await claimed(store);
    await calls.queue.adopt(id, RUNNER, LEASE_MS);
    const losing = proxy.loseAnswerTo("commit");
    expect(await calls.queue.giveBack(id, OWNER)).toEqual({ cancelledBy: undefined });
    await losing;
    expect(server.query(url, "select count(*) from tb_deployment_phase")).toEqual(["1"]);
  });

  it.each(["drops", "black hole", "half-closes"] as const)(
    "waits while the network %s, and goes on when it is well again",
    async (fault) => {
      const { store, calls, proxy, patience } = await waiting();
      const id = await claimed(store);
      proxy.set(fault);
      const adopting = calls.queue.adopt(id, RUNNER, LEASE_MS);
      await expect.poll(() => patience.awayMs()).toBeGreaterThan(0);
      proxy.set("none");
      expect(await adopting).toBe(true);
    },
  );

  it("is slow, and not away, if only the network is slow", async () => {
    const { store, calls, proxy, patience } = await waiting();
    proxy.delay(100);
    expect(await calls.queue.adopt(await claimed(store), RUNNER, LEASE_MS)).toBe(true);
    expect(patience.awayMs()).toBe(0);
  });

  it("hears after its patience that the store is away, and then waits no more, also for a network that swallows everything", async () => {
    const { store, calls, proxy } = await waiting(1_500);
    const id = await claimed(store);
    proxy.set("black hole");
    await expect(calls.queue.adopt(id, RUNNER, LEASE_MS)).rejects.toThrow(StoreAway);
    proxy.set("drops");
    await expect(calls.deployments.detail(id)).rejects.toThrow(/was away for longer than store.patience \(1 s\): /);
    proxy.set("none");
    expect(await calls.queue.adopt(id, RUNNER, LEASE_MS)).toBe(true);
  });

  it("has sessions whose statements, waits for locks, transactions and dead connections end by themselves", async () => {
    const { url } = await waiting();
    const names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "tcp_user_timeout"];
    const tcp = `postgres://ann:${encodeURIComponent(server.password)}@127.0.0.1:${port}${new URL(url).pathname}`;
    const client = await connectToPostgres(readPostgresUrl(tcp), 5_000);
    onTestFinished(async () => await client.end());
    const { rows } = await client.query(
      `select ${names.map((name) => `current_setting('${name}') as ${name}`).join()}, current_setting('tcp_keepalives_idle') as idle`,
    );
    expect(rows).toEqual([
      {
        statement_timeout: "1min",
        lock_timeout: "15s",
        idle_in_transaction_session_timeout: "30s",
        tcp_user_timeout: "10000",
        idle: "4",
      },
    ]);
  });
});
