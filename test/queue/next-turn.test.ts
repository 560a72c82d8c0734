import { describe, expect, it } from "vitest";
import type { FreezeWindow } from "../../src/domain/freeze.ts";
import type { Lock } from "../../src/domain/lock.ts";
import type { WaitReason } from "../../src/domain/wait-reason.ts";
import { isGate, waitSentence } from "../../src/domain/wait-reason.ts";
import { nextTurns, notBehindOthers } from "../../src/queue/next-turn.ts";
import type { NextTurn, Obstacles, Situation, TurnSettings } from "../../src/queue/next-turn.ts";
import type { QueuedDeployment, RunningDeployment } from "../../src/store/reads/queue-state.ts";

const NOW = new Date("2026-03-04T12:00:00Z");

const PRODUCTION = { environment: "production", job: "", host: "", waitsFor: undefined };

function queued(id: string, fraise: string, more: Partial<QueuedDeployment> = {}): QueuedDeployment {
  const request = {
    trigger: "delivery",
    overrideBy: undefined,
    retry: 0,
    retryLimit: 2,
    notBefore: undefined,
  } as const;
  return { id, fraise, ...PRODUCTION, ...request, ...more };
}

const RUNNER = { leaseOwner: "a", leaseExpiresAt: "", runnerKind: "process", runnerIdentity: "{}" };

function running(id: string, fraise: string): RunningDeployment {
  return { id, fraise, ...PRODUCTION, ...RUNNER, status: "running", settings: undefined, cancelRequestedAt: undefined };
}

function lock(fraise: string, more: Partial<Lock> = {}): Lock {
  const [environment, job] = ["*", "*"];
  return { fraise, environment, job, reason: "audit", lockedBy: "ann", lockedAt: "", holder: "", ...more };
}

const FREEZE: FreezeWindow = {
  kind: "daily",
  from: 0,
  to: 1440,
  timezone: "UTC",
  reason: "night",
  text: "00:00 to 24:00 (UTC)",
  ends: "24:00 (UTC)",
};

/** The turns as short text: `start b`, `take up a`, `wait c: lock`. */
function decide(
  situation: Partial<Situation>,
  settings: Partial<TurnSettings> = {},
  obstacles: Partial<Obstacles> = {},
): readonly string[] {
  return turnsOf(situation, settings, obstacles).map((turn) => {
    const name = `${turn.kind} ${turn.deployment.id}`;
    return turn.kind === "wait" ? `${name}: ${turn.for.kind}` : name;
  });
}

function turnsOf(
  situation: Partial<Situation>,
  settings: Partial<TurnSettings> = {},
  obstacles: Partial<Obstacles> = {},
): readonly NextTurn[] {
  return nextTurns(
    { queued: [], running: [], dead: [], ...situation },
    { concurrency: 4, freezeOf: () => [], lenderOf: () => undefined, ...settings },
    { locks: [], faults: new Map(), ...obstacles },
    NOW,
  );
}

/** `worker` and `mailer` run the code of `api`. */
const lenderOf: TurnSettings["lenderOf"] = ({ fraise, environment }) =>
  fraise === "worker" || fraise === "mailer" ? { fraise: "api", environment, job: "" } : undefined;

describe("the places", () => {
  const three = [queued("a", "one"), queued("b", "two"), queued("c", "three")];

  it.each<[string, Partial<Situation>, number, readonly string[]]>([
    ["go to the oldest", { queued: three }, 2, ["start a", "start b", "wait c: place"]],
    [
      "are taken by what runs",
      { queued: three, running: [running("r", "four")] },
      2,
      ["start a", "wait b: place", "wait c: place"],
    ],
    [
      "are all taken if more runs than settings now allow",
      {
        queued: three.slice(0, 1),
        running: [running("r", "four"), running("s", "five")],
      },
      1,
      ["wait a: place"],
    ],
    [
      "go to the dead before the queued",
      {
        queued: three.slice(0, 1),
        running: [running("d", "four")],
        dead: [running("d", "four")],
      },
      1,
      ["take up d", "wait a: place"],
    ],
    [
      "are enough for as many dead as they are",
      {
        running: [running("d", "four"), running("e", "five"), running("r", "six")],
        dead: [running("d", "four"), running("e", "five")],
      },
      2,
      ["take up d", "wait e: place"],
    ],
  ])("%s", (_what, situation, concurrency, turns) => {
    expect(decide(situation, { concurrency })).toEqual(turns);
  });

  it("are not taken by a dead deployment that no runner could work for", () => {
    const dead = [running("d", "four")];
    const faults = new Map([["d", { kind: "launch", failure: "masked" } as const]]);
    const turns = decide({ queued: three.slice(0, 1), running: dead, dead }, { concurrency: 1 }, { faults });
    expect(turns).toEqual(["wait d: launch", "start a"]);
  });

  it("are not taken by a queued deployment that waits for something else", () => {
    expect(decide({ queued: three }, { concurrency: 1 }, { locks: [lock("one")] })).toEqual([
      "wait a: lock",
      "start b",
      "wait c: place",
    ]);
  });

  it("are left by a process to the one target that it starts deployments of, and counted all the same", () => {
    const only = { fraise: "three", environment: "production", job: "" };
    expect(decide({ queued: three, only }, { concurrency: 1 })).toEqual(["start c"]);
    const full = { queued: three, only, running: [running("r", "four")] };
    expect(decide(full, { concurrency: 1 })).toEqual(["wait c: place"]);
    // No process takes up a dead deployment of a target that it was not asked about.
    expect(decide({ ...full, dead: full.running }, { concurrency: 1 })).toEqual(["start c"]);
  });
});

describe("other deployments", () => {
  it.each<[string, Partial<Situation>, readonly string[]]>([
    [
      "of the same target come first",
      { queued: [queued("a", "api")], running: [running("r", "api")] },
      ["wait a: target"],
    ],
    [
      "of the same target come first even if they are dead",
      {
        queued: [queued("a", "api")],
        running: [running("r", "api")],
        dead: [running("r", "api")],
      },
      ["take up r", "wait a: target"],
    ],
    [
      "of the lender come first while they are queued",
      { queued: [queued("w", "worker"), queued("a", "api")] },
      ["wait w: lender", "start a"],
    ],
    [
      "of the lender come first while they run",
      { queued: [queued("w", "worker")], running: [running("r", "api")] },
      ["wait w: lender"],
    ],
    [
      "of a borrower keep the code that they run",
      { queued: [queued("a", "api")], running: [running("r", "worker")] },
      ["wait a: borrower"],
    ],
    [
      "of another borrower of the same code do not matter",
      {
        queued: [queued("m", "mailer")],
        running: [running("r", "worker")],
      },
      ["start m"],
    ],
    ["of other targets do not matter", { queued: [queued("a", "api")], running: [running("r", "shop")] }, ["start a"]],
  ])("%s", (_what, situation, turns) => {
    expect(decide(situation, { lenderOf })).toEqual(turns);
  });

  it("are named in the reason, and what stands behind them is not worth a look at files and rows", () => {
    const situation = { queued: [queued("w", "worker"), queued("a", "api")], running: [], dead: [] };
    expect(turnsOf(situation, { lenderOf })[0]).toMatchObject({
      for: { kind: "lender", deployment: "a", target: "api/production" },
    });
    const settings = { concurrency: 4, freezeOf: () => [], lenderOf };
    expect(notBehindOthers(situation, settings).map(({ id }) => id)).toEqual(["a"]);
  });
});

describe("a gate", () => {
  const SECRET = new Map([["a", { kind: "secret", missing: "TOKEN" } as const]]);
  const BROKEN = new Map([["a", { kind: "configuration", problem: "line 1" } as const]]);
  const OVERRIDE = { overrideBy: "ann" };
  const ROLLBACK = { trigger: "rollback" } as const;
  const occupied = [lock("api", { holder: "{}", reason: "a restore" })];
  const soon = { retry: 1, notBefore: "2026-03-04T12:00:05Z" };

  it.each<[string, Partial<QueuedDeployment>, Partial<Obstacles>, readonly FreezeWindow[], string]>([
    ["of a lock holds", {}, { locks: [lock("api")] }, [], "wait a: lock"],
    ["of a lock on everything holds", {}, { locks: [lock("*")] }, [], "wait a: lock"],
    ["of a lock on another target does not matter", {}, { locks: [lock("shop")] }, [], "start a"],
    ["of a lock is passed by an override", OVERRIDE, { locks: [lock("api")] }, [FREEZE], "start a"],
    ["of a lock holds for a rollback", ROLLBACK, { locks: [lock("api")] }, [], "wait a: lock"],
    ["of a process is passed by no override", OVERRIDE, { locks: occupied }, [], "wait a: process"],
    ["of a process comes before that of a person", {}, { locks: [lock("api"), ...occupied] }, [], "wait a: process"],
    ["of a freeze window holds", {}, {}, [FREEZE], "wait a: freeze"],
    ["of a freeze window does not hold a rollback", ROLLBACK, {}, [FREEZE], "start a"],
    ["of a missing secret is passed by no override", OVERRIDE, { faults: SECRET }, [], "wait a: secret"],
    ["of a missing secret does not hold a rollback", ROLLBACK, { faults: SECRET }, [], "start a"],
    ["of a broken file holds a rollback, too", ROLLBACK, { faults: BROKEN }, [], "wait a: configuration"],
    [
      "of a broken file comes before a lock",
      OVERRIDE,
      { faults: BROKEN, locks: occupied },
      [],
      "wait a: configuration",
    ],
    ["of a retry holds until its time", soon, {}, [], "wait a: retry"],
    ["of a retry is passed by no override", { ...soon, ...OVERRIDE }, {}, [], "wait a: retry"],
    ["of a retry is over at its time", { retry: 1, notBefore: NOW.toISOString() }, {}, [], "start a"],
    [
      "of a retry does not hold for days if the clock was set back",
      { retry: 1, notBefore: "2026-03-06T12:00:00Z" },
      {},
      [],
      "start a",
    ],
  ])("%s", (_what, deployment, obstacles, windows, turn) => {
    expect(decide({ queued: [queued("a", "api", deployment)] }, { freezeOf: () => windows }, obstacles)).toEqual([
      turn,
    ]);
  });

  it("is asked for only if no other deployment comes first", () => {
    const situation = { queued: [queued("a", "api")], running: [running("r", "api")] };
    expect(decide(situation, {}, { locks: [lock("api")] })).toEqual(["wait a: target"]);
  });
});

describe("the sentence of a reason", () => {
  it.each<[WaitReason, string, boolean]>([
    [
      { kind: "configuration", problem: "fraises.yaml:1:1 no" },
      "the configuration cannot be loaded: fraises.yaml:1:1 no; correct it, and this goes on by itself",
      true,
    ],
    [{ kind: "restart", change: "store.url was changed" }, "store.url was changed", true],
    [
      { kind: "secret", missing: "TOKEN is not set" },
      "a secret is missing: TOKEN is not set; once it is set, this goes on by itself",
      true,
    ],
    [
      { kind: "launch", failure: "the unit is masked" },
      "no runner could be started: the unit is masked; it is tried again by itself",
      true,
    ],
    [{ kind: "process", work: "backup b is being restored", by: "ann" }, "backup b is being restored, by ann", true],
    [{ kind: "retry", retry: 1, limit: 3, at: "2026" }, "retry 1 of 3 is at 2026", true],
    [{ kind: "lock", on: "shop/production", by: "ann", reason: "audit" }, "ann locked shop/production: audit", true],
    [{ kind: "lock", on: "every target", by: "ann", reason: "" }, "ann locked every target", true],
    [
      { kind: "freeze", window: "22:00 to 06:00 (UTC)", ends: "06:00 (UTC)", reason: "night" },
      "frozen from 22:00 to 06:00 (UTC): night",
      true,
    ],
    [{ kind: "target", deployment: "d" }, "deployment d of the same target runs", false],
    [
      { kind: "lender", deployment: "d", target: "api/production" },
      "deployment d of api/production comes first",
      false,
    ],
    [
      { kind: "borrower", deployment: "d", target: "worker/production" },
      "deployment d of worker/production runs this code just now",
      false,
    ],
    [
      { kind: "place", concurrency: 4 },
      "4 deployments run already, and deployment.concurrency allows no more at once",
      false,
    ],
    [
      { kind: "place", concurrency: 1 },
      "1 deployment runs already, and deployment.concurrency allows no more at once",
      false,
    ],
  ])("%j", (reason, sentence, gate) => {
    expect(waitSentence(reason)).toBe(sentence);
    expect(isGate(reason)).toBe(gate);
  });
});
