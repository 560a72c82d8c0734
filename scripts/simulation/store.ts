import type { QueueEntry, Situation } from "../../src/domain/decision.ts";
import type { DeploymentStatus } from "../../src/domain/deployment.ts";
import type { Presence, Rollout } from "../../src/domain/rollout.ts";
import type { Oracle } from "./oracle.ts";
import type { Parts } from "./parts.ts";
import type { DeploymentRow, Placement, Push, RolloutRow, Target } from "./things.ts";
import { Violation } from "./things.ts";

/** The world as one process sees it. */
export interface View {
  presence(host: number): Presence;
  healthyMs(deployment: DeploymentRow): number;
}

const RETRIES = 2;

/** The one store of all hosts. Each method is one transaction: nothing happens in between, and what it decides it decides from what is true then. */
export class Store {
  term = 0;
  readonly drained = new Set<number>();
  readonly placements: readonly Map<string, Placement>[];
  /** Open deployments of each host. */
  readonly openOn: readonly Set<DeploymentRow>[];
  readonly #parts: Parts;
  readonly #oracle: Oracle;
  readonly #now: () => number;
  /** Something changed in a rollout, as NOTIFY tells. */
  changed: (rollout: RolloutRow) => void = () => undefined;
  /** Whether the server hears nothing of a host: only the oracle asks. */
  isLost: (host: number) => boolean = () => false;
  #made = 0;

  constructor(parts: Parts, oracle: Oracle, hosts: number, now: () => number) {
    this.#parts = parts;
    this.#oracle = oracle;
    this.#now = now;
    this.placements = Array.from({ length: hosts }, () => new Map<string, Placement>());
    this.openOn = Array.from({ length: hosts }, () => new Set<DeploymentRow>());
  }

  placement(host: number, target: Target): Placement {
    const all = this.placements[host];
    let found = all?.get(target.name);
    if (found === undefined) {
      found = { running: undefined, queued: undefined, revision: undefined };
      all?.set(target.name, found);
    }
    return found;
  }

  /** A delivery of a push, the first one or a later one; or a sweep that found it. */
  deliver(push: Push): void {
    const { target } = push;
    const earlier = push.rollout === undefined ? undefined : entryOf(push.rollout);
    const wanted = {
      revision: String(push.number),
      previous: undefined,
      ref: undefined,
      forced: false,
      message: "",
      triggeredBy: "ann",
    };
    const { decision } = this.#parts.decide(wanted, this.#situation(target), earlier);
    if (decision === "queued") {
      const before = push.rollout;
      if (before !== undefined && (before.outcome === undefined || before.outcome === "succeeded"))
        throw new Violation(`${target.name}: push ${push.number} is deployed twice`);
      this.#enqueue(push);
    }
    push.decision ??= decision;
    if (push.decision !== "queued" && decision === "queued") push.decision = decision;
  }

  #situation(target: Target): Situation {
    const waiting = target.open.findLast(({ beganAt }) => beganAt === undefined);
    const running = target.open.findLast(({ beganAt }) => beganAt !== undefined);
    const first = this.placement(target.hosts[0] ?? 0, target).revision;
    const isEverywhere = target.hosts.every((host) => this.placement(host, target).revision === first);
    return {
      target: target.key,
      running: running === undefined ? undefined : entryOf(running),
      waiting: waiting === undefined ? undefined : entryOf(waiting),
      active: first === undefined || !isEverywhere ? undefined : { revision: String(first), deploymentId: "" },
      badRevisions: new Map([...target.bad].map((bad) => [String(bad), { reason: "it failed", hint: "" }])),
    };
  }

  /** A rollout with one deployment per host takes the place of those that wait. */
  #enqueue(push: Push): RolloutRow {
    const { target } = push;
    this.#made += 1;
    const rollout: RolloutRow = {
      id: `r${this.#made}`,
      target,
      push,
      members: new Map(),
      byId: new Map(),
      begunWaves: new Map(),
      version: 0,
      next: undefined,
      beganAt: undefined,
      replacesNewer: newestOf(
        target.open.flatMap((each) => [each.push, each.replacesNewer]),
        push,
      ),
      replacedBy: undefined,
      trouble: undefined,
      outcome: undefined,
      leftOut: [],
    };
    for (const older of target.open) older.replacedBy ??= rollout;
    for (const host of target.hosts) {
      const placement = this.placement(host, target);
      if (placement.queued !== undefined) this.#leave(placement.queued, "superseded");
      this.#queue(rollout, host, { revision: push.number, isRollback: false, retry: 0, wave: undefined });
    }
    target.open.push(rollout);
    push.rollout = rollout;
    for (const each of target.open) this.#touch(each);
    return rollout;
  }

  #queue(
    rollout: RolloutRow,
    host: number,
    more: Pick<DeploymentRow, "revision" | "isRollback" | "retry" | "wave">,
  ): DeploymentRow {
    this.#made += 1;
    const deployment: DeploymentRow = {
      id: `d${this.#made}`,
      host,
      rollout,
      ...more,
      status: "queued",
      illness: undefined,
      rollback: undefined,
      previous: undefined,
      isActivated: false,
      endedAt: undefined,
    };
    const placement = this.placement(host, rollout.target);
    if (placement.queued !== undefined)
      throw new Violation(`${rollout.target.name}: two deployments wait on host ${host}`);
    placement.queued = deployment;
    this.openOn[host]?.add(deployment);
    if (!more.isRollback) rollout.members.set(host, deployment);
    rollout.byId.set(deployment.id, deployment);
    return deployment;
  }

  /** A deployment that waits ends. */
  #leave(deployment: DeploymentRow, status: "superseded" | "cancelled"): void {
    deployment.status = status;
    this.placement(deployment.host, deployment.rollout.target).queued = undefined;
    this.openOn[deployment.host]?.delete(deployment);
    this.#touch(deployment.rollout);
  }

  /** The daemon of a host starts a deployment. False if it may not, by what the daemon sees of the world. */
  claim(deployment: DeploymentRow, view: View): boolean {
    const { rollout, host } = deployment;
    if (deployment.status !== "queued") return false;
    const placement = this.placement(host, rollout.target);
    if (placement.running !== undefined)
      throw new Violation(
        `${rollout.target.name}: ${deployment.id} is to begin on host ${host}, where ${placement.running.id} runs`,
      );
    if (!deployment.isRollback) {
      const { begins } = this.#parts.decideWaves(this.rolloutOf(rollout, view));
      const begin = begins.find((each) => each.deployment === deployment.id);
      if (begin === undefined) return false;
      const isLost = (other: number): boolean => this.isLost(other);
      this.#oracle.begins(deployment, begin, { now: this.#now(), isDrained: this.drained.has(host), isLost });
      if (deployment.wave === undefined)
        rollout.begunWaves.set(begin.wave, (rollout.begunWaves.get(begin.wave) ?? 0) + 1);
      deployment.wave = begin.wave;
      rollout.beganAt ??= this.#now();
    }
    deployment.status = "running";
    placement.queued = undefined;
    placement.running = deployment;
    this.#touch(rollout);
    return true;
  }

  /** A runner has ended its deployment. `mayPass`: it is tried again. */
  settle(
    deployment: DeploymentRow,
    status: DeploymentStatus,
    { mayPass, isLate }: { mayPass: boolean; isLate: boolean },
  ): void {
    const { rollout, host, revision } = deployment;
    const { target } = rollout;
    if (deployment.status !== "running") throw new Violation(`${target.name}: ${deployment.id} ends twice`);
    const placement = this.placement(host, target);
    deployment.status = status;
    deployment.endedAt = this.#now();
    placement.running = undefined;
    this.openOn[host]?.delete(deployment);
    if (status === "succeeded") {
      deployment.previous = placement.revision;
      placement.revision = revision;
    }
    if (status === "rolled_back" && !deployment.isRollback && !mayPass) target.bad.add(revision);
    const goesOn = rollout.trouble === undefined && rollout.outcome === undefined && rollout.replacedBy === undefined;
    if (mayPass && goesOn && deployment.retry < RETRIES && placement.queued === undefined)
      this.#queue(rollout, host, { ...deployment, retry: deployment.retry + 1 });
    if (isLate) this.#bringBack(rollout);
    this.#touch(rollout);
  }

  /** A late push had replaced a newer one, which takes its place again. */
  #bringBack({ replacesNewer, target }: RolloutRow): void {
    const newest = target.open.at(-1);
    if (replacesNewer === undefined || target.bad.has(replacesNewer.number)) return;
    if (newest !== undefined && newest.push.number >= replacesNewer.number) return;
    if (newest?.replacesNewer !== undefined && newest.beganAt === undefined) return;
    this.#enqueue(replacesNewer);
  }

  /** A check of a host found that what was deployed there does not work. */
  recordIllness(deployment: DeploymentRow): void {
    if (deployment.rollout.outcome !== undefined || deployment.rollback !== undefined) return;
    deployment.illness = "it answers 500";
    deployment.rollout.target.bad.add(deployment.revision);
    this.#touch(deployment.rollout);
  }

  /** The leader of a term does what is due in a rollout. False if the term is over: nothing is written. */
  follow(rollout: RolloutRow, view: View, leader: number, term: number): boolean {
    if (term !== this.term) return false;
    this.#oracle.leaderWrites(leader, term, this.term);
    const { target } = rollout;
    const { ends, takesBack, trouble, end } = this.#parts.decideWaves(this.rolloutOf(rollout, view));
    rollout.trouble ??= trouble;
    for (const id of ends) {
      const deployment = rollout.byId.get(id);
      if (deployment?.status === "queued") this.#leave(deployment, "cancelled");
    }
    for (const { deployment: id } of takesBack) this.#takeBack(rollout.byId.get(id));
    if (end !== undefined) {
      rollout.outcome = end.outcome;
      rollout.leftOut = end.leftOut;
      target.open.splice(target.open.indexOf(rollout), 1);
    }
    if (ends.length + takesBack.length > 0 || end !== undefined) {
      this.#touch(rollout);
      for (const each of target.open) this.#touch(each);
    }
    return true;
  }

  #takeBack(deployment: DeploymentRow | undefined): void {
    if (deployment === undefined) return;
    const { rollout, host, previous } = deployment;
    const placement = this.placement(host, rollout.target);
    rollout.target.bad.add(deployment.revision);
    // It was never live before: there is nothing to go back to, and it is taken away at once.
    const revision = previous ?? 0;
    if (placement.queued === undefined && placement.revision === deployment.revision) {
      deployment.rollback = this.#queue(rollout, host, { revision, isRollback: true, retry: RETRIES, wave: undefined });
      return;
    }
    const replaced = { ...deployment, isRollback: true, status: "superseded" as const };
    deployment.rollback = replaced;
  }

  /** A person ends a deployment that waits. */
  cancel(deployment: DeploymentRow): void {
    if (deployment.status === "queued") this.#leave(deployment, "cancelled");
  }

  /** The rollout as a process sees it. */
  rolloutOf(row: RolloutRow, view: View): Rollout {
    const { target } = row;
    const members = [...row.members.values()].map((each) => ({
      host: hostName(each.host),
      deployment: each.id,
      status: each.status,
      wave: each.wave,
      healthyMs: each.status === "succeeded" ? view.healthyMs(each) : 0,
      illness: each.illness,
      presence: view.presence(each.host),
      rollback:
        each.rollback === undefined ? undefined : { deployment: each.rollback.id, status: each.rollback.status },
    }));
    const older = target.open
      .filter(
        (each) => each !== row && each.replacedBy !== undefined && target.open.indexOf(each) < target.open.indexOf(row),
      )
      .map((each) => ({
        id: each.id,
        hosts: runningHosts(each)
          .filter((host) => view.presence(host) !== "silent")
          .map(hostName),
      }))
      .find(({ hosts }) => hosts.length > 0);
    return {
      id: row.id,
      plan: target.plan,
      members,
      runsForMs: row.beganAt === undefined ? 0 : this.#now() - row.beganAt,
      replacedBy: row.replacedBy?.id,
      older,
      trouble: row.trouble,
      outcome: row.outcome,
    };
  }

  #touch(rollout: RolloutRow): void {
    rollout.version += 1;
    rollout.next = undefined;
    this.#oracle.touch(rollout);
    this.changed(rollout);
  }
}

function newestOf(pushes: readonly (Push | undefined)[], than: Push): Push | undefined {
  let newest: Push | undefined;
  for (const each of pushes) if (each !== undefined && each.number > (newest ?? than).number) newest = each;
  return newest;
}

/** Hosts on which a deployment of a rollout runs, or its going back. */
function runningHosts({ members }: RolloutRow): readonly number[] {
  const isRunning = (each: DeploymentRow | undefined): boolean =>
    each?.status === "running" || each?.status === "rolling_back";
  return [...members.values()].filter((each) => isRunning(each) || isRunning(each.rollback)).map(({ host }) => host);
}

export function hostName(host: number): string {
  return (NAMES[host] ??= `h${String(host).padStart(4, "0")}`);
}

/** A simulation asks for them millions of times. */
const NAMES: string[] = [];

/** A rollout as decide() sees it: the queue of its target holds it like one deployment. */
function entryOf({ id, push, outcome, beganAt, trouble }: RolloutRow): QueueEntry {
  const open = trouble !== undefined ? "rolling_back" : beganAt === undefined ? "queued" : "running";
  return { id, revision: String(push.number), status: outcome ?? open };
}
