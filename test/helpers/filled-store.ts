import { onTestFinished, vi } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { ownIdentity } from "../../src/host/process-identity.ts";
import type { TargetKey } from "../../src/domain/fraise.ts";
import { API, delivery, freshStore, revision, wanted } from "./store.ts";

/** Everything that the fixture of the documents remembers, with ids by the names that the tests call them. */
export interface FilledStore {
  readonly store: Store;
  readonly ids: Readonly<Record<"pushed" | "stranger" | "live" | "takenBack" | "waiting" | "other", string>>;
}

/** A target beside `api/production`. */
const WEB: TargetKey = { fraise: "web", environment: "staging", job: "" };

const BEGIN = Date.parse("2026-11-20T09:00:00.000Z");
const LEASE_MS = 60_000;

/**
 * A real store with a delivery that went live, a refused one, a deployment that was taken back, one that waits behind a lock, and one of another fraise. The clock
 * stands still but for one second between two events, and goes on when the test has ended.
 */
export async function filledStore(): Promise<FilledStore> {
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ["Date"] });
  let now = BEGIN;
  const tick = (ms = 1_000): void => void vi.setSystemTime((now += ms));
  tick(0);
  const store = await freshStore();
  const { host, pid, bootId, startTime, pidNamespace } = ownIdentity();
  await store.daemons.register({
    id: "daemon",
    name: "web1",
    labels: ["web"],
    hasClaimed: false,
    configDigest: "0123456789ab",
    host,
    pid,
    bootId,
    startTime,
    pidNamespace,
    listen: "127.0.0.1:8080",
    version: "1.2.3",
    storeVersion: store.knownVersion,
    startedAt: new Date().toISOString(),
    configFile: "fraises.yaml",
    configStamp: "",
    configReadAt: new Date().toISOString(),
    troubles: [
      { kind: "target", subject: "web/staging", message: "A secret of web/staging is missing." },
      { kind: "forge", subject: "github", message: "github has no secret." },
    ],
  });
  const [pushed] = await store.deliveries.record([
    delivery(revision("a"), { deliveryId: "forge-1", headers: '{"x-github-event":"push"}' }),
  ]);
  const live = pushed?.decisions[0]?.deployment ?? "";
  tick();
  await run(store, live, tick);
  await store.deployments.settle(live, "runner", {
    outcome: "succeeded",
    reason: "",
    hint: "",
    releasePath: "/srv/api/releases/1",
  });
  tick();
  const takenBack = (await store.queue.enqueue(API, "person", wanted(revision("b")))).deployment;
  tick();
  await run(store, takenBack, tick);
  await store.deployments.beginRollback(takenBack, "runner", { reason: "the service answers 500", isBad: true });
  tick();
  await store.deployments.settle(takenBack, "runner", {
    outcome: "rolled_back",
    reason: "the service answers 500",
    hint: "Look at its log.",
    isBadRevision: true,
  });
  tick();
  await store.targets.lock({
    ...API,
    reason: "database move",
    lockedBy: "ann@host",
    lockedAt: new Date().toISOString(),
  });
  const waiting = (await store.queue.enqueue(API, "person", wanted(revision("c")))).deployment;
  tick();
  const other = (await store.queue.enqueue(WEB, "schedule", wanted(revision("d"), { triggeredBy: "cron" }))).deployment;
  tick();
  const [stranger] = await store.deliveries.record([
    delivery(revision("e"), {
      deliveryId: "forge-2",
      repository: "",
      claimedRepository: "acme/shop",
      verified: false,
      httpStatus: 401,
      body: undefined,
      bodySha256: undefined,
      proposals: [],
      refusal: "the signature is wrong",
    }),
  ]);
  tick();
  return {
    store,
    ids: { pushed: pushed?.id ?? "", stranger: stranger?.id ?? "", live, takenBack, waiting, other },
  };
}

/** Takes a deployment through a step and a check, as its runner does. */
async function run(store: Store, id: string, tick: (ms?: number) => void): Promise<void> {
  await store.queue.claim(id, { leaseMs: LEASE_MS, claimer: "{}" });
  await store.queue.adopt(id, { owner: "runner", kind: "process", identity: "{}" }, LEASE_MS);
  await store.deployments.enterPhase(id, "runner", { phase: "building", progress: 40, metadata: { files: 12 } });
  await store.deployments.journalStep(id, "runner", {
    step: "build",
    phase: "building",
    status: "started",
    facts: "{}",
  });
  tick();
  await store.deployments.appendOutput(id, [
    { sequence: 1, at: new Date().toISOString(), step: "build", stream: "stdout", line: "built" },
    { sequence: 2, at: new Date().toISOString(), step: "build", stream: "stderr", line: "1 hint" },
  ]);
  await store.deployments.journalStep(id, "runner", {
    step: "build",
    phase: "building",
    status: "finished",
    facts: '{"files":12}',
    durationMs: 1_000,
  });
  await store.deployments.enterPhase(id, "runner", { phase: "health_check", progress: 90, metadata: {} });
  const deployed = (await store.deployments.detail(id))?.deployment;
  if (deployed === undefined) throw new Error("the deployment is on record");
  const result = { type: "http", name: "front", seen: "", isHostFault: false, durationMs: 20, at: new Date() } as const;
  await store.verifications.record({
    target: deployed,
    revision: deployed.revision,
    deployment: { id, owner: "runner" },
    results: [{ ...result, status: "passed" }],
  });
  tick();
}
