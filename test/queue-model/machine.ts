import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import Database from "better-sqlite3";
import type { Target } from "../../src/config/config.ts";
import type { IncomingDelivery, RecordedDelivery, Verdict, Wanted } from "../../src/domain/decision.ts";
import type { Host } from "../../src/host/host.ts";
import type { Log } from "../../src/log.ts";
import type { Dispatcher } from "../../src/queue/dispatcher.ts";
import type { Store } from "../../src/store/store.ts";
import type { Instance } from "../../src/webhooks/instance.ts";
import type { Receiver } from "../../src/webhooks/receive.ts";
import { hashOf } from "./commits.ts";
import type { Commit, RefName } from "./commits.ts";
import { REPOSITORY, SECRET, forgeOf, webhookOf } from "./forge-kinds.ts";
import type { ForgeKind } from "./forge-kinds.ts";
import type { Fraisier } from "./fraisier.ts";
import { Mortal } from "./mortal.ts";
import { Remote } from "./remote.ts";
import type { Push } from "./remote.ts";
import { Runner } from "./runner.ts";
import type { RunnerHost } from "./runner.ts";
import { removeFolder } from "../helpers/remove-folder.ts";

/** How often a deployment is tried again that failed for a reason that passes. */
const RETRIES = 1;
const PERSON = "ann";
const ALWAYS = {
  kind: "daily",
  from: 0,
  to: 1440,
  timezone: "UTC",
  reason: "",
  text: "00:00 to 24:00 (UTC)",
  ends: "24:00 (UTC)",
} as const;

/** The daemon, as far as the queue knows it. */
interface Daemon {
  readonly life: Mortal;
  readonly dispatcher: Dispatcher;
  readonly receiver: Receiver;
}

/** The store of a campaign, in memory if the machine has a file system there. One sequence at a time has it. */
export interface CampaignStore {
  readonly store: Store;
  /** Forgets everything: a new store for each sequence would take longer than the sequence. */
  empty(): void;
  /** Another number if something was written meanwhile. */
  version(): number;
  close(): Promise<void>;
}

export async function openCampaignStore({ openStore }: Fraisier): Promise<CampaignStore> {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "fraisier-queue-model-"));
  const file = join(folder, "fraisier.db");
  const store = await openStore(`sqlite:${file}`);
  const database = new Database(file);
  database.pragma("foreign_keys = off");
  const tables = database
    .prepare(
      "select name from sqlite_master where type = 'table' and name like 'tb!_%' escape '!' and name <> 'tb_store_migration'",
    )
    .pluck()
    .all();
  const deletes = tables.map((table) => database.prepare(`delete from ${String(table)}`));
  return {
    store,
    empty: database.transaction(() => {
      for (const each of deletes) each.run();
    }),
    version: () => database.pragma("data_version", { simple: true }) as number,
    async close() {
      database.close();
      await store.close();
      removeFolder(folder);
    },
  };
}

/**
 * One target on one machine: fraisier's store, inbox rules, dispatcher, sweeps and pipeline as they are, with the remote and the host in memory and runners
 * inside this process. Each verb returns once nothing goes on any more without a further one.
 */
export class Machine implements RunnerHost {
  readonly fraisier: Fraisier;
  readonly kind: ForgeKind;
  readonly target: Target;
  readonly retries = RETRIES;
  readonly remote = new Remote();
  readonly host: Host;
  runs: string | undefined;
  /** Those that live. */
  readonly runners = new Set<Runner>();
  isFrozen = false;
  /** The next runner that is launched dies at this call of the store, unless it waits or ends before. By its first call it takes the deployment up. */
  nextRunnerDiesAt = Number.POSITIVE_INFINITY;
  /** The deployments whose runners died before they had written down the end, one entry for each death. */
  readonly deaths: string[] = [];
  readonly #store: Store;
  #daemon: Daemon | undefined;
  /** Counts launches and ends of runners: something goes on for as long as it grows. */
  #activity = 0;
  #lookIsOver: () => void = () => {};
  readonly #version: () => number;
  #lastRead: { readonly version: number; readonly record: ReturnType<typeof readStore> } | undefined;
  /** The id of the first delivery of each push, and how often it was sent. */
  readonly #sent = new Map<number, { first: string | undefined; times: number }>();

  static async open(fraisier: Fraisier, store: CampaignStore, kind: ForgeKind): Promise<Machine> {
    store.empty();
    const machine = new Machine(fraisier, kind, store);
    await machine.startDaemon();
    return machine;
  }

  private constructor(fraisier: Fraisier, kind: ForgeKind, { store, version }: CampaignStore) {
    this.fraisier = fraisier;
    this.kind = kind;
    this.target = targetOf(fraisier, kind);
    this.#store = store;
    this.#version = version;
    const clock: Host["clock"] = {
      now: () => new Date(),
      monotonicMs: () => Date.now(),
      sleep: async () => {},
    };
    // A use of anything else of the host is a TypeError.
    this.host = { git: this.remote.git(), clock, processes: {} } as unknown as Host;
  }

  async close(): Promise<void> {
    this.#daemon?.life.kill();
    for (const runner of this.runners) await runner.kill();
  }

  get daemonIsUp(): boolean {
    return this.#daemon !== undefined;
  }

  /** A runner that waits for its next command. */
  get waitingRunner(): Runner | undefined {
    return [...this.runners].find(({ place }) => place !== undefined);
  }

  async startDaemon(): Promise<void> {
    const { fraisier, target } = this;
    const life: Mortal = new Mortal(this.#store, () => {
      // Its timers end; what it was doing never comes back.
      void this.#daemon?.dispatcher.stop();
      this.#daemon = undefined;
      this.#activity += 1;
      this.#lookIsOver();
    });
    const log = silentLog();
    const nothing = async (): Promise<undefined> => {};
    const dispatcher = fraisier.startDispatcher({
      store: life.store,
      host: "",
      leading: () => life.store,
      launcher: {
        name: "process",
        isAvailable: async () => true,
        tellsStore: async () => false,
        stop: nothing,
        launch: async ({ deployment, onExit }) => {
          const diesAt = this.nextRunnerDiesAt;
          this.nextRunnerDiesAt = Number.POSITIVE_INFINITY;
          const runner: Runner = new Runner(this, this.#store, deployment, (how) => {
            this.#activity += 1;
            this.runners.delete(runner);
            if (runner.isDead && !runner.hasSettled) this.deaths.push(deployment);
            onExit(how);
          });
          this.runners.add(runner);
          await runner.start(diesAt);
        },
      },
      stopRunner: nothing,
      configFile: "",
      settings: () => ({
        concurrency: 4,
        timeoutMs: 60_000,
        stuckAfterMs: 3_600_000,
        freezeOf: () => (this.isFrozen ? [ALWAYS] : []),
        lenderOf: () => undefined,
        hostsOf: () => undefined,
      }),
      configFault: nothing,
      storeFault: nothing,
      targetFault: nothing,
      clock: { ...this.host.clock, sleep: async () => this.#lookIsOver() },
      log,
    });
    const receiver = fraisier.createReceiver({
      forges: fraisier.forges,
      instances: () => this.#instances(),
      router: fraisier.createRouter([target]),
      inbox: { record: (delivery) => this.#recordOne(delivery) },
      onUnlisted: () => {},
      counts: fraisier.createDeliveryCounts(),
      log,
    });
    this.#daemon = { life, dispatcher, receiver };
    await this.rest();
  }

  killDaemon(): void {
    this.#daemon?.life.kill();
  }

  /** The daemon goes on, and dies when its dispatcher makes this call of the store, from 1. */
  async killDaemonAt(call: number): Promise<void> {
    this.#daemon?.life.dieAt(call);
    await this.rest();
  }

  /** Lets the daemon look until nothing follows from it any more. */
  async rest(): Promise<void> {
    for (let rounds = 0; rounds < 30; rounds++) {
      const before = this.#activity;
      if (this.#daemon !== undefined) {
        const over = Promise.withResolvers<void>();
        this.#lookIsOver = over.resolve;
        this.#daemon.dispatcher.poke();
        await over.promise;
      }
      for (const runner of this.runners) await runner.quiet();
      if (this.#activity === before) return;
    }
    throw new Error("the queue does not come to rest: a runner is launched and ends, again and again");
  }

  /** @returns undefined if there is no daemon to hear it. */
  async deliver(push: Push): Promise<RecordedDelivery | undefined> {
    if (this.#daemon === undefined) return undefined;
    const sent = this.#sent.get(push.number) ?? { first: undefined, times: 0 };
    const request = webhookOf(this.kind, push, sent.times);
    const recorded = await this.#daemon.receiver.receive({
      forgeName: forgeOf(this.kind),
      ...request,
      remoteAddress: "192.0.2.1",
    });
    this.#sent.set(push.number, { first: sent.first ?? recorded.id, times: sent.times + 1 });
    return recorded;
  }

  isDelivered(push: Push): boolean {
    return this.#sent.has(push.number);
  }

  /** A person lets the stored delivery be decided again. @returns undefined if it never came. */
  async replay(push: Push): Promise<RecordedDelivery | undefined> {
    const first = this.#sent.get(push.number)?.first;
    const detail = first === undefined ? undefined : await this.#store.deliveries.detail(first);
    if (first === undefined || detail === undefined) return undefined;
    const { createRouter, replayed } = this.fraisier;
    const delivery = await replayed(
      detail,
      { instances: this.#instances(), router: createRouter([this.target]) },
      PERSON,
    );
    return (await this.#store.deliveries.replay(delivery, first, PERSON))[0];
  }

  /** Gives what was decided on each ref that it found. */
  async sweep(): Promise<readonly { readonly ref: RefName; readonly verdict: Verdict }[]> {
    const [repository] = this.fraisier.repositoriesOf([this.target]);
    if (repository === undefined) throw new Error("the target has no repository");
    const found: { ref: RefName; verdict: Verdict }[] = [];
    const record = async (delivery: IncomingDelivery): Promise<RecordedDelivery> => {
      const recorded = await this.#recordOne(delivery);
      for (const [index, proposal] of delivery.proposals.entries()) {
        const verdict = recorded.decisions[index];
        if (verdict !== undefined && proposal.kind === "wish")
          found.push({ ref: proposal.wanted.ref?.name as RefName, verdict });
      }
      return recorded;
    };
    await this.fraisier.sweepRepository({ store: this.#store, git: this.host.git, record }, repository);
    return found;
  }

  async deployByHand(commit: Commit): Promise<Verdict & { readonly deployment: string }> {
    return await this.#store.queue.enqueue(this.target, "person", byHand(hashOf(commit)));
  }

  /** `fraisier rollback`, without a word on where to. @throws UsageError if it is refused. */
  async rollBack(): Promise<{ readonly revision: string; readonly deployment: string }> {
    const app = { store: this.#store, host: this.host, config: { targets: [this.target] } };
    const back = await this.fraisier.rollbackDestination(
      app as unknown as Parameters<Fraisier["rollbackDestination"]>[0],
      this.target,
      {},
    );
    const wanted = {
      ...byHand(back.revision),
      ref: back.ref,
      ...(back.deployment === undefined ? {} : { returnsTo: back.deployment }),
    };
    const { deployment } = await this.#store.queue.enqueue(this.target, "rollback", wanted);
    return { revision: back.revision, deployment };
  }

  async cancel(deployment: string): Promise<string | false> {
    return await this.#store.queue.cancel(deployment, PERSON, `cancelled by ${PERSON}`);
  }

  async resume(): Promise<void> {
    await this.#store.targets.resume(this.target, PERSON, "");
  }

  async lock(): Promise<void> {
    const { fraise, environment, job } = this.target;
    const lockedAt = new Date().toISOString();
    await this.#store.targets.lock({ fraise, environment, job, reason: "maintenance", lockedBy: PERSON, lockedAt });
  }

  async unlock(): Promise<void> {
    await this.#store.targets.unlock(this.target, PERSON, "");
  }

  /** Time goes by, without anything that happens in it: the campaign stopped the clock of this process. */
  timePasses(ms: number): void {
    mock.timers.tick(ms);
  }

  /** What `fraisier status` and `history` read, which is the same for as long as nothing is written. */
  async read(): ReturnType<typeof readStore> {
    const version = this.#version();
    if (this.#lastRead?.version !== version)
      this.#lastRead = { version, record: readStore(this.fraisier, this.#store, this.target) };
    return await this.#lastRead.record;
  }

  /** The forges as fraises.yaml would name them. */
  #instances(): readonly Instance[] {
    const shared = { key: "git", secrets: [SECRET], signingTokens: [], isIncomplete: false };
    return this.fraisier.forges.map((forge) => ({ name: forge.name, forge, allowFrom: [], shared, own: new Map() }));
  }

  async #recordOne(delivery: IncomingDelivery): Promise<RecordedDelivery> {
    const [recorded] = await this.#store.deliveries.record([delivery]);
    if (recorded === undefined) throw new Error("nothing was recorded of a delivery");
    return recorded;
  }
}

async function readStore({ livingLocks }: Fraisier, store: Store, target: Target) {
  const [status] = await store.targets.status(target);
  return {
    status,
    locks: await livingLocks(store),
    deployments: await store.deployments.history({ limit: 500 }),
    running: (await store.queue.state()).running,
  };
}

/** What `fraisier deploy` and `fraisier rollback` wish for. */
function byHand(revision: string): Wanted {
  return { revision, previous: undefined, ref: undefined, forced: true, message: "", triggeredBy: PERSON };
}

function silentLog(): Log {
  const nothing = (): void => {};
  return { info: nothing, warn: nothing, error: nothing, debug: nothing };
}

const targets = new WeakMap<Fraisier, Map<ForgeKind, Target>>();

function targetOf(fraisier: Fraisier, kind: ForgeKind): Target {
  const known = targets.get(fraisier) ?? new Map<ForgeKind, Target>();
  targets.set(fraisier, known);
  const text = `git:
  ${forgeOf(kind)}: { webhook_secret: "${SECRET}", base_url: "https://forge.example" }
fraises:
  shop:
    type: api
    repository: ${REPOSITORY}
    clone_url: https://forge.example/acme/shop.git
    environments:
      production: { branch: main, tags: ["v*"], app_path: /srv/shop }
`;
  const target = known.get(kind) ?? fraisier.parseConfig(text, "fraises.yaml", fraisier.families, {}).targets[0];
  if (target === undefined) throw new Error("fraises.yaml has no target");
  known.set(kind, target);
  return target;
}
