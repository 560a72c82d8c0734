import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { copyStore } from "../../src/store/copying/copy-store.ts";
import { openStore } from "../../src/store/store.ts";
import type { Store } from "../../src/store/store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { API, delivery, revision, wanted } from "../helpers/store.ts";

const OTHER = { ...API, fraise: "other" };
const [A, B] = [revision("a"), revision("b")];
const CLAIM = { leaseMs: 60_000, claimer: "{}" };

let server: PostgresServer;
let databases = 0;

const freshUrl = (): string => server.database(`hosts${(databases += 1)}`);

async function openAt(url: string, host: string): Promise<Store> {
  const store = await openStore(url, { host });
  onTestFinished(() => store.close());
  return store;
}

/** A daemon serves the store from this host. */
async function register(store: Store): Promise<void> {
  await store.daemons.register({
    id: `daemon-of-${store.host}`,
    name: store.host,
    labels: [],
    hasClaimed: true,
    host: store.host,
    pid: 1,
    bootId: store.host,
    startTime: "1",
    pidNamespace: store.host,
    listen: "127.0.0.1:8787",
    version: "0.1.0",
    storeVersion: store.knownVersion,
    startedAt: "2026-11-21T10:00:00.000Z",
    configFile: "/etc/fraisier/fraises.yaml",
    configStamp: "1",
    configDigest: "",
    configReadAt: "2026-11-21T10:00:00.000Z",
    troubles: [],
  });
}

/** Two hosts whose daemons share a store; the target `api/production` lives on the first. */
async function twoHosts(): Promise<readonly [Store, Store]> {
  const url = freshUrl();
  const [web1, web2] = [await openAt(url, "web1"), await openAt(url, "web2")];
  await register(web1);
  const { deployment } = await web1.queue.enqueue(API, "person", wanted(A));
  await finish(web1, deployment);
  await register(web2);
  return [web1, web2];
}

async function finish(store: Store, id: string): Promise<void> {
  expect(await store.queue.claim(id, CLAIM)).toBe(true);
  expect(await store.queue.adopt(id, { owner: "me", kind: "process", identity: "{}" }, 60_000)).toBe(true);
  await store.deployments.settle(id, "me", { outcome: "succeeded", reason: "", hint: "" });
}

describe.skipIf(!hasPostgres)("two hosts that share a store", () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.stop());

  it("a push that arrives at another host waits for the host on which the target lives", async () => {
    const [web1, web2] = await twoHosts();
    const [recorded] = await web2.deliveries.record([delivery(B)]);
    const id = recorded?.decisions[0]?.deployment ?? "";
    expect(await web2.queue.state()).toEqual({ queued: [], running: [], unplaced: [] });
    expect(await web2.queue.claim(id, CLAIM)).toBe(false);
    expect((await web2.targets.status())[0]).toMatchObject({ host: "web1", revision: A, waiting: { id } });
    expect(await web2.targets.here(API)).toBeUndefined();

    expect((await web1.queue.state()).queued).toMatchObject([{ id, host: "web1" }]);
    await finish(web1, id);
    expect(await web2.targets.status()).toMatchObject([{ host: "web1", revision: B }]);
  });

  it("a delivery that arrives at both hosts leads to one deployment", async () => {
    const [web1, web2] = await twoHosts();
    const twice = { deliveryId: "one-push" };
    const both = await Promise.all([
      web1.deliveries.record([delivery(B, twice)]),
      web2.deliveries.record([delivery(B, twice)]),
    ]);
    const decisions = both.flat().flatMap((each) => each.decisions);
    expect(decisions.map(({ decision }) => decision).toSorted()).toEqual(["queued", "redelivery"]);
    expect(new Set(decisions.map(({ deployment }) => deployment)).size).toBe(1);
  });

  it("only the host of a deployment takes it away from a dead runner, takes it up and ends it", async () => {
    const [web1, web2] = await twoHosts();
    const { deployment: id } = await web1.queue.enqueue(API, "person", wanted(B));
    await web1.queue.claim(id, CLAIM);
    const { running } = await web1.queue.state();
    expect(await web2.queue.revokeLeases(running)).toBe(0);
    expect(await web1.queue.revokeLeases(running)).toBe(1);
    expect(await web2.queue.reclaim(id, 60_000, "{}")).toBe(false);
    expect(await web1.queue.reclaim(id, 60_000, "{}")).toBe(true);
    const runner = { owner: "me", kind: "process", identity: "{}" };
    expect(await web2.queue.adopt(id, runner, 60_000)).toBe(false);
    expect(await web1.queue.adopt(id, runner, 60_000)).toBe(true);
  });

  it("each host has places of its own", async () => {
    const [web1, web2] = await twoHosts();
    const { deployment: first } = await web1.queue.enqueue(API, "person", wanted(B));
    const { deployment: second } = await web1.queue.enqueue({ ...OTHER, hosts: ["web2"] }, "person", wanted(B));
    const one = { ...CLAIM, places: 1 };
    expect(await web1.queue.claim(first, one)).toBe(true);
    expect(await web2.queue.claim(second, one)).toBe(true);
  });

  it("a target waits while nobody knows on which host it lives, and starts once fraises.yaml says it", async () => {
    const [web1, web2] = await twoHosts();
    const { deployment: id } = await web1.queue.enqueue(OTHER, "person", wanted(A));
    for (const each of [web1, web2]) {
      expect(await each.queue.state()).toMatchObject({ queued: [], unplaced: [{ id, host: "" }] });
      expect(await each.queue.place(id, OTHER)).toBe(false);
    }
    const placed = { ...OTHER, hosts: ["web2"] };
    expect(await web1.queue.place(id, placed)).toBe(false);
    expect(await web2.queue.place(id, placed)).toBe(true);
    await finish(web2, id);
    expect(await web1.targets.status({ fraise: "other" })).toMatchObject([{ host: "web2", revision: A }]);
  });

  it("a deployment that waited for its host makes room for a newer one that waits there already", async () => {
    const [web1, web2] = await twoHosts();
    const { deployment: older } = await web1.queue.enqueue({ ...OTHER, hosts: ["unknown"] }, "person", wanted(A));
    const placed = { ...OTHER, hosts: ["web2"] };
    const { deployment: newer } = await web1.queue.enqueue(placed, "person", wanted(B));
    expect(await web2.queue.place(older, placed)).toBe(true);
    expect(await web1.deployments.summary(older)).toMatchObject({ status: "superseded", supersededBy: newer });
    await finish(web2, newer);
    expect(await web1.targets.status({ fraise: "other" })).toMatchObject([{ host: "web2", revision: B }]);
  });

  it("the first daemon takes what a store has on record that served one host, and a second one takes nothing", async () => {
    const url = freshUrl();
    const before = await openAt(url, "");
    const { deployment } = await before.queue.enqueue(API, "person", wanted(A));
    await finish(before, deployment);
    const [web1, web2] = [await openAt(url, "web1"), await openAt(url, "web2")];
    expect(await web1.daemons.takeUnplaced()).toBe(true);
    await register(web1);
    await register(web2);
    expect(await web2.daemons.takeUnplaced()).toBe(false);
    expect(await web1.targets.here(API)).toMatchObject({ host: "web1", revision: A });
  });

  it("are not copied into a file, which serves one host; a single host is, and goes on with what it has deployed", async () => {
    const [to, again] = [`sqlite:${temporaryFolder()}/store.db`, `sqlite:${temporaryFolder()}/store.db`];
    const copy = async (from: string, place: string) =>
      await copyStore({ from, to: place, isDryRun: false, onProgress: () => undefined });
    const url = freshUrl();
    const deployAt = async (host: string, target: typeof API): Promise<void> => {
      const store = await openStore(url, { host });
      await register(store);
      await finish(store, (await store.queue.enqueue({ ...target, hosts: [host] }, "person", wanted(A))).deployment);
      // A store that is in use is not copied.
      await store.close();
    };
    await deployAt("web1", API);
    await copy(url, to);
    const inFile = await openStore(to, { host: "web1" });
    onTestFinished(() => inFile.close());
    expect(await inFile.targets.here(API)).toMatchObject({ host: "", revision: A });

    await deployAt("web2", OTHER);
    await expect(copy(url, again)).rejects.toThrow("live on web1, web2, and a store in a file serves one host");
  });

  it("a revision that was taken back on one host is bad for the target everywhere", async () => {
    const [web1, web2] = await twoHosts();
    const { deployment } = await web1.queue.enqueue(API, "person", wanted(B));
    await web1.queue.claim(deployment, CLAIM);
    await web1.queue.adopt(deployment, { owner: "me", kind: "process", identity: "{}" }, 60_000);
    await web1.deployments.settle(deployment, "me", {
      outcome: "rolled_back",
      reason: "it fell over",
      hint: "",
      isBadRevision: true,
    });
    expect(await web2.targets.heldBack(API, B)).toContain("it fell over");
    const [recorded] = await web2.deliveries.record([delivery(B)]);
    expect(recorded?.decisions[0]).toMatchObject({ decision: "held" });
  });
});
