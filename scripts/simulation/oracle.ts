import type { Begin } from "../../src/queue/waves-decision.ts";
import type { DeploymentRow, Push, RolloutRow, Target } from "./things.ts";
import { Violation } from "./things.ts";

/** The state of the world at the moment in which a deployment begins. */
interface Truth {
  readonly now: number;
  readonly isDrained: boolean;
  /** Whether the server hears nothing of a host. */
  isLost(host: number): boolean;
}

/**
 * What must be true of all hosts together, whatever happens to them. It sees the truth: the one time of the simulation, and which processes live. It knows what was promised, and
 * not how fraisier decides.
 */
export class Oracle {
  checks = 0;
  begun = 0;
  staleWritesRefused = 0;
  readonly #leaders = new Map<number, number>();
  readonly #touched = new Set<RolloutRow>();

  touch(rollout: RolloutRow): void {
    this.#touched.add(rollout);
  }

  /** A deployment of a push begins. */
  begins(deployment: DeploymentRow, begin: Begin, { now, isDrained, isLost }: Truth): void {
    const { rollout, revision, host } = deployment;
    const { plan, bad } = rollout.target;
    const wrong = (why: string): never => {
      throw new Violation(
        `${rollout.target.name}: deployment ${deployment.id} begins on host ${host} in wave ${begin.wave}, ${why}`,
      );
    };
    this.begun += 1;
    this.touch(rollout);
    if (isDrained) wrong("which is drained");
    if (bad.has(revision)) wrong(`though revision ${revision} is known to be bad`);
    if (rollout.replacedBy !== undefined) wrong("though a newer push has replaced its rollout");
    if (rollout.outcome !== undefined) {
      if (rollout.outcome !== "succeeded" && rollout.outcome !== "skipped")
        wrong(`though its rollout ${rollout.outcome}`);
      return;
    }
    if (rollout.trouble !== undefined) wrong("though its rollout was stopped");
    for (const older of rollout.target.open) {
      if (older === rollout) break;
      for (const each of older.members.values())
        if (each.status === "running" && !isLost(each.host))
          wrong(`though the rollout before it still runs on host ${each.host}`);
    }
    const newest = Math.max(-1, ...rollout.begunWaves.keys());
    if (begin.isFirst && [...rollout.members.values()].some((each) => each !== deployment && each.wave !== undefined))
      wrong("as the first host, though another one has begun");
    if (plan.isFirstAlone && begin.wave === 0 && !begin.isFirst)
      wrong("without the work that only the first host does");
    for (const each of rollout.members.values()) {
      if (each === deployment || each.wave === undefined || each.wave >= begin.wave) continue;
      if (each.illness !== undefined) wrong(`though host ${each.host} is ill`);
      if (each.status === "skipped") continue;
      if (each.status !== "succeeded") wrong(`though host ${each.host} of wave ${each.wave} is ${each.status}`);
      const since = now - (each.endedAt ?? now);
      if (begin.wave > newest && each.wave === newest && since < plan.bakeMs)
        wrong(`though host ${each.host} went live ${since} ms ago, and must stay healthy for ${plan.bakeMs} ms`);
    }
  }

  /** A write of a leader was taken by the server. */
  leaderWrites(host: number, term: number, current: number): void {
    if (term !== current) throw new Violation(`host ${host} wrote as the leader of term ${term} in term ${current}`);
    const leader = this.#leaders.get(term) ?? host;
    if (leader !== host) throw new Violation(`hosts ${leader} and ${host} lead in term ${term}`);
    this.#leaders.set(term, leader);
  }

  get terms(): number {
    return this.#leaders.size;
  }

  /** After every event: what the event touched. @throws Violation */
  check(): void {
    for (const rollout of this.#touched) {
      this.checks += 1;
      checkSizes(rollout);
    }
    this.#touched.clear();
  }

  /** When everything has come to rest, and every host is back. @throws Violation */
  checkRest(
    targets: readonly Target[],
    pushes: readonly Push[],
    recorded: (host: number, target: Target) => number | undefined,
  ): void {
    for (const push of pushes) {
      this.checks += 1;
      const what = `${push.target.name}: push ${push.number} (${push.nature})`;
      if (!push.isAnswered || push.decision === undefined) throw new Violation(`${what} was never answered`);
      if (push.decision === "queued" && push.rollout?.outcome === undefined)
        throw new Violation(`${what} was queued, and nobody is told how it ended`);
    }
    for (const target of targets) checkTarget(target, recorded);
  }
}

function checkSizes(rollout: RolloutRow): void {
  const { plan, hosts, name } = rollout.target;
  const most =
    typeof plan.maxParallel === "number"
      ? Math.max(1, plan.maxParallel)
      : Math.max(1, Math.floor((Number.parseFloat(plan.maxParallel) * hosts.length) / 100));
  let running = 0;
  for (const { status, isRollback } of rollout.members.values())
    if ((status === "running" || status === "rolling_back") && !isRollback) running += 1;
  if (running > most)
    throw new Violation(`${name}: ${running} hosts are deployed at once, and max_parallel allows ${most}`);
  for (const [wave, size] of rollout.begunWaves) {
    const limit =
      plan.isFirstAlone && wave === 0 ? 1 : wave === 0 && plan.canary > 0 ? Math.min(plan.canary, most) : most;
    if (size > limit && rollout.outcome === undefined)
      throw new Violation(`${name}: wave ${wave} has ${size} hosts, and the plan allows ${limit}`);
  }
}

/** The newest push must be live everywhere, or it is told why it is not. */
function checkTarget(target: Target, recorded: (host: number, target: Target) => number | undefined): void {
  const newest = target.pushes.reduce<Push | undefined>(
    (a, b) => (a === undefined || b.number > a.number ? b : a),
    undefined,
  );
  if (newest === undefined) return;
  const what = `${target.name}: the newest push ${newest.number} (${newest.nature})`;
  if (target.open.length > 0) throw new Violation(`${target.name}: rollout ${target.open[0]?.id} does not end`);
  const { rollout } = newest;
  const outcome = rollout?.outcome;
  if (outcome === "superseded") throw new Violation(`${what} is lost: an older one has replaced it`);
  if (rollout === undefined || (outcome !== "succeeded" && outcome !== "skipped")) {
    const isTold =
      newest.decision !== "queued" ||
      target.bad.has(newest.number) ||
      rollout?.trouble !== undefined ||
      outcome === "cancelled";
    if (!isTold) throw new Violation(`${what} is lost: its rollout ended as ${outcome} without trouble`);
    const isStopped = outcome === "failed" && rollout?.replacedBy === undefined;
    if (isStopped && target.plan.onFailure === "roll_back")
      throw new Violation(`${what} failed, and was not taken back`);
    // A host that ran it before this rollout began keeps it: its deployment was skipped.
    const wentLive = target.hosts.filter((host) => rollout?.members.get(host)?.status === "succeeded");
    if (outcome === "rolled_back" && wentLive.some((host) => recorded(host, target) === newest.number))
      throw new Violation(`${what} was taken back, and a host still runs it`);
    return;
  }
  // A deployment that failed after its rollout had ended, on a host that was absent, is told by that deployment.
  const behind = target.hosts.filter(
    (host) => recorded(host, target) !== newest.number && !hasEndedBadly(rollout, host),
  );
  if (behind.length > 0)
    throw new Violation(`${what} went live, and host ${behind[0]} runs ${recorded(behind[0] ?? 0, target)}`);
}

function hasEndedBadly(rollout: RolloutRow, host: number): boolean {
  const status = rollout.members.get(host)?.status;
  return status === "failed" || status === "rolled_back" || status === "cancelled";
}
