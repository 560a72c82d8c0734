import type { Target } from "../../src/config/config.ts";
import type { Store } from "../../src/store/store.ts";
import type { Step } from "../../src/steps/step.ts";
import type { Fraisier } from "./fraisier.ts";
import { Mortal } from "./mortal.ts";
import { standIn } from "./stand-in.ts";

/** Where a runner waits until the sequence says how it goes on. `restarting`: its revision is what the host runs. */
export type Place = "building" | "restarting" | "taking back";

/** What becomes of the command that a runner is waiting for. */
export type Fate = "works" | "fails" | "finds the disk full";

/** The machine that a runner works on. */
export interface RunnerHost {
  readonly fraisier: Fraisier;
  readonly target: Target;
  readonly retries: number;
  readonly host: Parameters<Fraisier["contextBuilder"]>[0]["looks"]["host"];
  /** What runs here. */
  runs: string | undefined;
}

const LEASE_MS = 30_000;

/**
 * A runner inside the test: it adopts, journals and settles through the store, and runs the steps that look at the remote, as `fraisier run` does. The rest of
 * a deployment is two steps, which wait for what the sequence says.
 */
export class Runner {
  readonly deployment: string;
  /** Where it waits; undefined before its first wait and after its end. */
  place: Place | undefined;
  isOver = false;
  readonly #machine: RunnerHost;
  readonly #life: Mortal;
  readonly #process = standIn();
  readonly #onExit: (how: string) => void;
  readonly #interruption = new AbortController();
  readonly #stopping = new AbortController();
  #owner = "";
  #goOn: (fate: Fate) => void = () => {};
  #quiet = Promise.withResolvers<void>();
  #death: Promise<void> | undefined;

  constructor(machine: RunnerHost, store: Store, deployment: string, onExit: (how: string) => void) {
    this.#machine = machine;
    this.deployment = deployment;
    this.#onExit = onExit;
    this.#life = new Mortal(store, () => {
      this.#death = this.#process.kill();
      this.#end("SIGKILL");
    });
  }

  /** @param diesAt the call of the store at which it dies, from 1, unless it waits or ends before. */
  async start(diesAt: number): Promise<void> {
    this.#life.dieAt(diesAt);
    void this.#work().then(() => {
      this.#process.release();
      return this.#end("exit code 0");
    });
    await this.quiet();
  }

  /** Resolves when it waits, has ended, or is dead. */
  async quiet(): Promise<void> {
    await this.#quiet.promise;
    await this.#death;
  }

  get isDead(): boolean {
    return this.#life.isDead;
  }

  get hasSettled(): boolean {
    return this.#life.hasSettled;
  }

  async goOn(fate: Fate): Promise<void> {
    this.place = undefined;
    this.#quiet = Promise.withResolvers();
    this.#goOn(fate);
    await this.quiet();
  }

  async kill(): Promise<void> {
    this.#life.kill();
    await this.quiet();
  }

  /** Its command works, and it dies at this call of the store, unless it waits or ends before. */
  async dieAt(call: number): Promise<void> {
    this.#life.dieAt(call);
    await this.goOn("works");
  }

  /** SIGTERM, as when the machine goes down. */
  async stop(): Promise<void> {
    const { cancelRequestedBy } = await this.#life.store.queue.renewLease(this.deployment, this.#owner, LEASE_MS);
    const { Cancelled, Stopped } = this.#machine.fraisier;
    await this.#interrupt(() =>
      cancelRequestedBy === undefined
        ? this.#stopping.abort(new Stopped())
        : this.#interruption.abort(new Cancelled(cancelRequestedBy)),
    );
  }

  /** Its heart beats: it learns whether somebody wants it cancelled. */
  async beat(): Promise<void> {
    const { held, cancelRequestedBy } = await this.#life.store.queue.renewLease(this.deployment, this.#owner, LEASE_MS);
    if (!held) throw new Error(`the runner of ${this.deployment} lives and has lost its lease`);
    if (cancelRequestedBy === undefined) return;
    await this.#interrupt(() => this.#interruption.abort(new this.#machine.fraisier.Cancelled(cancelRequestedBy)));
  }

  /** Only a step that goes forward hears it. */
  async #interrupt(abort: () => void): Promise<void> {
    if (this.place !== "taking back") {
      this.place = undefined;
      this.#quiet = Promise.withResolvers();
    }
    abort();
    await this.quiet();
  }

  #end(how: string): void {
    this.place = undefined;
    this.isOver = true;
    this.#quiet.resolve();
    this.#onExit(how);
  }

  /** What `runner.ts` does, without what the model has not: settings, variables, services, hooks. */
  async #work(): Promise<void> {
    const { fraisier, target, host, retries } = this.#machine;
    const { store } = this.#life;
    const id = this.deployment;
    const owner = fraisier.newId();
    this.#owner = owner;
    const identity = JSON.stringify({ ...fraisier.ownIdentity(), ...this.#process.identity });
    if (!(await store.queue.adopt(id, { owner, kind: "process", identity }, LEASE_MS))) return;
    const detail = await store.deployments.detail(id);
    if (detail === undefined) return;
    const row = detail.deployment;
    const redact = (text: string): string => text;
    const output = fraisier.openOutputLog(store, id, row.attempt, redact);
    const journal = await fraisier.openJournal(store, id, owner, redact);
    const stops = detail.phases.map(({ metadata }) => "stopped" in metadata);
    if (row.cancelRequestedBy !== undefined && row.status === "running")
      this.#interruption.abort(new fraisier.Cancelled(row.cancelRequestedBy));
    const steps =
      row.returnsTo === undefined
        ? [fraisier.fetchSource, fraisier.checkBranch, this.#build(), this.#restart()]
        : [this.#restart()];
    const places = fraisier.placesOf(target, id, "/var/lib/fraisier");
    const nothing = (): undefined => undefined;
    const run = { owner, steps, store, journal, output, redact };
    await fraisier.runDeployment({
      ...run,
      id,
      clock: host.clock,
      contextFor: fraisier.contextBuilder({
        run,
        deployment: row,
        target,
        places,
        looks: {
          host,
          env: {},
          service: undefined,
          unit: () => {
            throw new Error("the model has no units");
          },
          units: undefined,
          sandboxGaps: async () => [],
          databaseObstacle: async () => undefined,
          userObstacles: async () => [],
          previousRevision: row.previousRevision,
        },
        acts: {
          commands: host.processes,
          variables: new Map(),
          migratorFor: nothing,
          backupsFor: nothing,
          checkConfiguration: async () => [],
          reloadDaemon: async () => "",
        },
        before: {
          release: undefined,
          replaced: await store.queue.replacedBy(id),
        },
        lenderOf: nothing,
      }),
      signal: AbortSignal.any([this.#interruption.signal, this.#stopping.signal]),
      stopping: this.#stopping.signal,
      onFailure: async () => {},
      automaticRollback: true,
      releasePath: places.release,
      rollback:
        row.status === "rolling_back"
          ? { reason: row.reason, isBadRevision: row.isBad, passes: row.mayPass }
          : undefined,
      attempt: row.attempt,
      stops: stops.filter(Boolean).length,
      wasStopped: stops.at(-1) === true,
      retries,
      phaseTimeouts: {},
    });
  }

  #build(): Step {
    return {
      name: "build",
      phase: "building",
      describe: () => "Build it",
      run: ({ signal }) => this.#wait("building", signal),
    };
  }

  #restart(): Step {
    const machine = this.#machine;
    return {
      name: "restart",
      phase: "restarting",
      describe: () => "Make the host run it",
      run: async ({ deployment, signal }) => {
        machine.runs = deployment.revision;
        await this.#wait("restarting", signal);
      },
      undo: async ({ previousRevision, signal }) => {
        await this.#wait("taking back", signal);
        machine.runs = previousRevision;
      },
    };
  }

  #wait(place: Place, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => reject(signal.reason as Error);
      if (signal.aborted) {
        aborted();
        return;
      }
      signal.addEventListener("abort", aborted, { once: true });
      this.#goOn = (fate) => {
        signal.removeEventListener("abort", aborted);
        const { StepFailed, DiskFull } = this.#machine.fraisier;
        if (fate === "works") resolve();
        else if (fate === "fails") reject(new StepFailed(`it fails in ${place}`));
        else reject(new DiskFull(`the disk is full in ${place}`));
      };
      this.#life.dieAt(Number.POSITIVE_INFINITY);
      this.place = place;
      this.#quiet.resolve();
    });
  }
}
