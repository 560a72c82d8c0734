// `npm run bench:units` measures what single acts of fraisier cost a PostgreSQL server, and what follows for many hosts. It needs Debian's postgresql-15. docs/scaling.md shows what it prints.
import { performance } from "node:perf_hooks";
import type { IncomingDelivery } from "../src/domain/decision.ts";
import { newId } from "../src/domain/id.ts";
import { openStore } from "../src/store/store.ts";
import type { HostClaim } from "../src/store/host-claim.ts";
import type { Store } from "../src/store/store.ts";
import { startPostgres } from "../test/helpers/postgres.ts";
import { countQueries } from "./counted-queries.ts";
import { median } from "./statistics.ts";

const TIMES = 200;
const LEASE_MS = 30_000;
const DAEMON = "daemon";
/** How often an idle daemon looks at its queue and says that it lives, and a runner says so, in seconds (queue/dispatcher.ts, hosts/presence.ts, pipeline/keep-lease.ts). */
const LOOK_S = 15;
const SIGN_S = 10;
const BEAT_S = 5;
/** The deployment that the sums are for. */
const MODEL = { phases: 10, steps: 12, outputs: 5, seconds: 30 };
/** From the host to the server and back, with what the server does in between, in milliseconds. */
const ROUND_TRIPS_MS = [0.2, 0.5, 1, 2];

/** One act, on the average. */
interface Cost {
  readonly statements: number;
  readonly waits: number;
  readonly bytes: number;
  readonly walBytes: number;
  readonly lockedWaits: number;
  /** The middle one of all. */
  readonly ms: number;
}

const server = await startPostgres({ isDurable: true });
try {
  const url = server.database("units");
  const asked = countQueries();
  const store = await openStore(url);
  try {
    const wal = (): number => Number(server.query(url, "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn")[0]);
    const costs = new Map<string, Cost>();
    const measure: Measure = async (act, work, together = 1) => {
      const [before, walBefore, times] = [asked(), wal(), [] as number[]];
      for (let time = 0; time < TIMES / together; time++) {
        const begun = performance.now();
        await work(time);
        times.push((performance.now() - begun) / together);
      }
      const after = asked();
      const each = (of: (sums: typeof after) => number): number => (of(after) - of(before)) / TIMES;
      costs.set(act, {
        statements: each((sums) => sums.statements),
        waits: each((sums) => sums.waits),
        bytes: each((sums) => sums.bytesSent + sums.bytesReceived),
        lockedWaits: each((sums) => sums.lockedWaits),
        walBytes: (wal() - walBefore) / TIMES,
        ms: median(times),
      });
    };
    await measureActs(store, measure);
    const claim = await claimedHost(store);
    await measure(
      "a daemon's sign of life",
      async () => await claim.giveSign({ daemon: DAEMON, loadPercent: 10, freeBytes: 1_000_000 }),
    );
    await Promise.all(Array.from({ length: 20 }, async () => await store.queue.state()));
    const stop = store.onPoke(() => undefined);
    await measure("a notification", async () => {
      store.poke();
      await store.queue.state();
    });
    const sessions = Number(server.query(url, "select count(*) - 1 from pg_stat_activity where datname = 'units'")[0]);
    stop();
    await claim.release();
    print(costs, sessions);
  } finally {
    await store.close();
  }
} finally {
  await server.stop();
}

/** @param together so many acts are one piece of work. */
type Measure = (act: string, work: (time: number) => Promise<unknown>, together?: number) => Promise<void>;

/** A daemon has the name of its host for itself, by a session of its own. */
async function claimedHost(store: Store): Promise<HostClaim> {
  const claim = await store.onServer?.claimHost("web1");
  if (claim === undefined) throw new Error("another daemon has the name");
  const at = new Date().toISOString();
  await store.daemons.register({
    id: DAEMON,
    name: "web1",
    host: "web1",
    pid: 1,
    bootId: "boot",
    startTime: "1",
    pidNamespace: "1",
    listen: "127.0.0.1:8080",
    version: "1",
    storeVersion: store.version(),
    startedAt: at,
    configFile: "/etc/fraisier/fraises.yaml",
    configStamp: "1",
    configReadAt: at,
    configDigest: "1",
    troubles: [],
    labels: [],
    hasClaimed: true,
  });
  return claim;
}

async function measureActs(store: Store, measure: Measure): Promise<void> {
  const ids: string[] = [];
  const idOf = (time: number): string => ids[time] ?? "";
  const owner = "runner";
  await measure("a look at an idle queue", async () => await store.queue.state());
  await measure("a delivery that queues a deployment", async (time) => {
    const [recorded] = await store.deliveries.record([deliveryFor(`shop${time}`, time)]);
    ids.push(recorded?.decisions[0]?.deployment ?? "");
  });
  const fifty = (time: number): readonly IncomingDelivery[] =>
    Array.from({ length: 50 }, (_, more) => deliveryFor(`shop${more}`, 1_000 + 50 * time + more));
  await measure(
    "a delivery among fifty that arrive together",
    async (time) => await store.deliveries.record(fifty(time)),
    50,
  );
  // Each of those took the place of one that waited.
  const { queued } = await store.queue.state();
  ids.splice(0, ids.length, ...queued.map(({ id }) => id));
  await measure("a claim", async (time) => await store.queue.claim(idOf(time), { leaseMs: LEASE_MS, claimer: "{}" }));
  await measure(
    "a runner that takes up its deployment",
    async (time) => await store.queue.adopt(idOf(time), { owner, kind: "process", identity: "{}" }, LEASE_MS),
  );
  await measure(
    "a change of phase",
    async (time) =>
      await store.deployments.enterPhase(idOf(time), owner, { phase: "building", progress: 50, metadata: {} }),
  );
  await measure(
    "an entry of the journal",
    async (time) =>
      await store.deployments.journalStep(idOf(time), owner, { step: "build", phase: "building", status: "started" }),
  );
  await measure("ten lines of output", async (time) => await store.deployments.appendOutput(idOf(time), outputLines()));
  await measure("a runner's sign of life", async (time) => await store.queue.renewLease(idOf(time), owner, LEASE_MS));
  await measure(
    "the end of a deployment",
    async (time) =>
      await store.deployments.settle(idOf(time), owner, {
        outcome: "succeeded",
        reason: "",
        hint: "",
        releasePath: "/srv/shop",
      }),
  );
}

function deliveryFor(fraise: string, number: number): IncomingDelivery {
  const id = newId();
  const revision = number.toString(16).padStart(40, "0");
  const target = { fraise, environment: "production", job: "" };
  const ref = { kind: "branch", name: "main" } as const;
  const wanted = { revision, previous: undefined, ref, forced: false, message: "Mend the till", triggeredBy: "ann" };
  // A push of GitHub has about so many bytes.
  const body = new Uint8Array(7_700).fill(97);
  return {
    id,
    receivedAt: new Date().toISOString(),
    forge: "github",
    deliveryId: `delivery-${id}`,
    eventName: "push",
    repository: "acme/shop",
    remoteAddress: "192.0.2.1",
    headers: "{}",
    body,
    bodyBytes: body.length,
    bodySha256: undefined,
    verified: true,
    httpStatus: 200,
    proposals: [{ kind: "wish", target, wanted }],
  };
}

function outputLines(): Parameters<Store["deployments"]["appendOutput"]>[1] {
  const at = new Date().toISOString();
  return Array.from({ length: 10 }, (_, line) => ({
    sequence: line + 1,
    at,
    step: "build",
    stream: "stdout" as const,
    line: "x".repeat(80),
  }));
}

function print(costs: ReadonlyMap<string, Cost>, sessions: number): void {
  console.log("| Act | Statements | Round trips | Under the lock | Bytes on the line | Bytes of WAL | Time |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const [act, cost] of costs) {
    const numbers = [cost.statements, cost.waits, cost.lockedWaits, cost.bytes, cost.walBytes].map((each) =>
      short(each),
    );
    console.log(`| ${[act, ...numbers, `${cost.ms.toFixed(1)} ms`].join(" | ")} |`);
  }
  const of = (act: string): Cost => {
    const cost = costs.get(act);
    if (cost === undefined) throw new Error(`${act} was not measured`);
    return cost;
  };
  const parts: readonly (readonly [number, Cost])[] = [
    [1, of("a delivery that queues a deployment")],
    [1, of("a claim")],
    [1, of("a runner that takes up its deployment")],
    [MODEL.phases, of("a change of phase")],
    [2 * MODEL.steps, of("an entry of the journal")],
    [MODEL.outputs, of("ten lines of output")],
    [MODEL.seconds / BEAT_S, of("a runner's sign of life")],
    [1, of("the end of a deployment")],
  ];
  const sum = (value: (cost: Cost) => number): number =>
    parts.reduce((all, [times, cost]) => all + times * value(cost), 0);
  const held = sum((cost) => cost.lockedWaits);
  console.log(
    `\nA push that is deployed to one host (${MODEL.phases} phases, ${MODEL.steps} steps, ${MODEL.outputs} batches of output, ${MODEL.seconds} s):`,
  );
  console.log(
    `statements ${short(sum((cost) => cost.statements))}, round trips ${short(sum((cost) => cost.waits))}, WAL ${short(sum((cost) => cost.walBytes) / 1024)} KiB`,
  );
  console.log(`round trips while it holds the lock of writers: ${short(held)}`);
  for (const ms of ROUND_TRIPS_MS)
    console.log(
      `if a round trip takes ${ms} ms: at most ${short(1_000 / (held * ms))} such deployments a second on all hosts together`,
    );
  const look = of("a look at an idle queue").statements;
  const idle = look / LOOK_S + of("a daemon's sign of life").statements / SIGN_S;
  console.log(
    `\nOne idle daemon: ${sessions} sessions after a busy moment, ${short(idle * 60)} statements a minute for its looks and signs of life`,
  );
  for (const hosts of [10, 100, 1_000])
    console.log(
      `${hosts} hosts: ${hosts * sessions} sessions, ${short(hosts * idle)} statements a second, ${short(hosts * look)} statements for each notification`,
    );
}

function short(value: number): string {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}
