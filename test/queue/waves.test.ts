import { describe, expect, it } from "vitest";
import type { Rollout, RolloutMember, RolloutPlan } from "../../src/domain/rollout.ts";
import { isGate, waitSentence } from "../../src/domain/wait-reason.ts";
import { decideWaves } from "../../src/queue/waves.ts";
import { done, member, rolloutOf } from "./rollout-stand-in.ts";

const HOUR = 3_600_000;

/** The decision as short text: `begin WEB1 in wave 0`, `WEB2 waits: web1 must be deployed first`, `end WEB3`, `take back web1`, `succeeded`. */
function decide(
  members: readonly RolloutMember[],
  plan: Partial<RolloutPlan> = {},
  more: Partial<Rollout> = {},
): readonly string[] {
  const { begins, waits, ends, takesBack, end } = decideWaves(rolloutOf(members, plan, more));
  return [
    ...begins.map(
      ({ deployment, wave, isFirst }) => `begin ${deployment} in wave ${wave}${isFirst ? " as the first" : ""}`,
    ),
    ...[...waits].map(([id, wait]) => `${id} waits: ${waitSentence({ kind: "wave", rollout: "R", for: wait })}`),
    ...ends.map((id) => `end ${id}`),
    ...takesBack.map(({ host }) => `take back ${host}`),
    ...(end === undefined ? [] : [[end.outcome, ...end.leftOut].join(" without ")]),
  ];
}

const begun = (decisions: readonly string[]): readonly string[] =>
  decisions.filter((each) => each.startsWith("begin ")).map((each) => each.split(" ")[1] ?? "");

describe("the order of a rollout", () => {
  const all = ["db1", "web3", "web1", "web2"].map((host) => member(host));

  it("is that of the names if the plan names no host", () => {
    expect(begun(decide(all, { maxParallel: 3 }))).toEqual(["DB1", "WEB1", "WEB2"]);
  });

  it("begins with the hosts before the star, and ends with those after it", () => {
    const plan: Partial<RolloutPlan> = { order: ["web2", "*", "db1"] };
    expect(begun(decide(all, { ...plan, maxParallel: 4 }))).toEqual(["WEB2", "WEB1", "WEB3", "DB1"]);
  });

  it("has the hosts that no entry names at its end if there is no star", () => {
    expect(begun(decide(all, { order: ["web3"], maxParallel: 2 }))).toEqual(["WEB3", "DB1"]);
  });

  it("passes over a name that is no host of the target", () => {
    expect(begun(decide(all, { order: ["web9", "web3", "*"] }))).toEqual(["WEB3"]);
  });
});

describe("a wave", () => {
  const four = ["web1", "web2", "web3", "web4"];

  it("has as many hosts as max_parallel says", () => {
    expect(
      begun(
        decide(
          four.map((host) => member(host)),
          { maxParallel: 2 },
        ),
      ),
    ).toEqual(["WEB1", "WEB2"]);
  });

  it("has the share of the hosts that max_parallel says, rounded down, and at least one host", () => {
    const hosts = four.map((host) => member(host));
    expect(begun(decide(hosts, { maxParallel: "50%" }))).toEqual(["WEB1", "WEB2"]);
    expect(begun(decide(hosts, { maxParallel: "74%" }))).toEqual(["WEB1", "WEB2"]);
    expect(begun(decide(hosts, { maxParallel: "1%" }))).toEqual(["WEB1"]);
    expect(begun(decide(hosts, { maxParallel: "100%" }))).toHaveLength(4);
  });

  it("with canaries comes first and is small", () => {
    expect(
      begun(
        decide(
          four.map((host) => member(host)),
          { canary: 1, maxParallel: 3 },
        ),
      ),
    ).toEqual(["WEB1"]);
    const rest = decide([done("web1", 0), member("web2"), member("web3"), member("web4")], {
      canary: 1,
      maxParallel: 3,
    });
    expect(rest).toEqual(["begin WEB2 in wave 1", "begin WEB3 in wave 1", "begin WEB4 in wave 1"]);
  });

  it("with canaries is never larger than max_parallel", () => {
    const hosts = four.map((host) => member(host));
    expect(begun(decide(hosts, { canary: 3, maxParallel: 2 }))).toEqual(["WEB1", "WEB2"]);
    const second = decide([done("web1", 0), done("web2", 0), member("web3"), member("web4")], {
      canary: 3,
      maxParallel: 2,
    });
    expect(begun(second)).toEqual(["WEB3"]);
  });

  it("waits until every host of the one before has been deployed", () => {
    const members = [done("web1", 0), member("web2", { status: "running", wave: 0 }), member("web3")];
    expect(decide(members, { maxParallel: 2 })).toEqual(["WEB3 waits: web2 must be deployed first"]);
  });

  it("names the hosts of the wave before it as what it waits for, which stays the same until its turn comes", () => {
    const members = ["a", "b", "c", "d", "e"].map((host) => member(host));
    expect(decide(members, { maxParallel: 2 })).toEqual([
      "begin A in wave 0",
      "begin B in wave 0",
      "C waits: a and b must be deployed first",
      "D waits: a and b must be deployed first",
      "E waits: c and d must be deployed first",
    ]);
  });

  it("names three hosts, and counts the others", () => {
    const members = Array.from({ length: 9 }, (_, index) => member(`h${index}`));
    expect(decide(members, { maxParallel: 8 }).at(-1)).toBe(
      "H8 waits: h0, h1, h2 and 5 more hosts must be deployed first",
    );
  });

  it("is filled up before the next one begins", () => {
    const members = [member("web1", { status: "running", wave: 0 }), member("web2"), member("web3")];
    expect(decide(members, { maxParallel: 2 })).toEqual([
      "begin WEB2 in wave 0",
      "WEB3 waits: web1 and web2 must be deployed first",
    ]);
  });

  it("goes on with a host whose deployment is tried again, and the others wait for it", () => {
    const members = [member("web1", { wave: 0 }), member("web2")];
    expect(decide(members)).toEqual(["begin WEB1 in wave 0", "WEB2 waits: web1 must be deployed first"]);
  });

  it("is a reason to wait that is told to people", () => {
    expect(isGate({ kind: "wave", rollout: "R", for: { kind: "hosts", hosts: ["web1"], more: 0 } })).toBe(true);
  });
});

describe("the time between two waves", () => {
  const plan: Partial<RolloutPlan> = { bakeMs: 300_000 };
  const after = (healthyMs: number): readonly string[] =>
    decide([done("web1", 0, { healthyMs }), member("web2"), member("web3")], plan);

  it("is spent in good health, and says how much of it is left", () => {
    expect(after(108_000)).toEqual([
      "WEB2 waits: web1 must stay healthy for 3 min 12 s more",
      "WEB3 waits: web2 must be deployed first",
    ]);
    expect(after(299_999)[0]).toBe("WEB2 waits: web1 must stay healthy for 1 s more");
    expect(begun(after(300_000))).toEqual(["WEB2"]);
  });

  it("ends when the host that became live last has been healthy for so long", () => {
    const members = [done("web1", 0), done("web2", 0, { healthyMs: 60_000 }), member("web3")];
    expect(decide(members, { ...plan, maxParallel: 2 })).toEqual([
      "WEB3 waits: web2 must stay healthy for 4 min 0 s more",
    ]);
  });

  it("does not pass while the host is silent, and passes while it is drained", () => {
    const silent = decide([done("web1", 0, { healthyMs: 1, presence: "silent" }), member("web2")], plan);
    expect(silent).toEqual(["WEB2 waits: the daemon of web1 is silent; this goes on when it is back"]);
    const drained = decide([done("web1", 0, { healthyMs: 240_000, presence: "drained" }), member("web2")], plan);
    expect(drained).toEqual(["WEB2 waits: web1 must stay healthy for 1 min 0 s more"]);
  });

  it("is not asked again of earlier waves: a new observer measures the newest wave alone", () => {
    const members = [done("web1", 0, { healthyMs: 0 }), done("web2", 1, { healthyMs: 300_000 }), member("web3")];
    expect(begun(decide(members, plan))).toEqual(["WEB3"]);
  });

  it("is not asked of a host whose deployment was needless", () => {
    expect(begun(decide([member("web1", { status: "skipped", wave: 0 }), member("web2")], plan))).toEqual(["WEB2"]);
  });

  it("also follows the last wave, and only then the rollout has succeeded", () => {
    expect(decide([done("web1", 0), done("web2", 1, { healthyMs: 5_000 })], plan)).toEqual([]);
    expect(decide([done("web1", 0), done("web2", 1)], plan)).toEqual(["succeeded"]);
  });
});

describe("the first host", () => {
  const plan: Partial<RolloutPlan> = { isFirstAlone: true, maxParallel: 3, order: ["web2", "*"] };

  it("migrates, backs up and runs what runs once, alone and before the others", () => {
    expect(decide([member("web1"), member("web2"), member("web3")], plan)).toEqual([
      "begin WEB2 in wave 0 as the first",
      "WEB1 waits: web2 must be deployed first",
      "WEB3 waits: web2 must be deployed first",
    ]);
  });

  it("stays the first if its deployment is tried again", () => {
    expect(decide([member("web1"), member("web2", { wave: 0 })], plan)[0]).toBe("begin WEB2 in wave 0 as the first");
  });

  it("is another one if it is absent, and does not become the first when it returns", () => {
    const absent = member("web2", { presence: "silent" });
    expect(decide([member("web1"), absent], plan)[0]).toBe("begin WEB1 in wave 0 as the first");
    expect(decide([done("web1", 0), member("web2")], plan)).toEqual(["begin WEB2 in wave 1"]);
  });

  it("counts as one of the canaries", () => {
    const members = [done("web2", 0), member("web1"), member("web3"), member("web4")];
    expect(begun(decide(members, { ...plan, canary: 2 }))).toEqual(["WEB1"]);
    expect(begun(decide(members, { ...plan, canary: 1 }))).toEqual(["WEB1", "WEB3", "WEB4"]);
  });
});

describe("a failed wave", () => {
  const failed = member("web2", { status: "rolled_back", wave: 1 });

  it("stops the rest", () => {
    expect(decide([done("web1", 0), failed, member("web3")])).toEqual(["end WEB3", "failed without web2 without web3"]);
  });

  it.each(["failed", "rolled_back", "rollback_failed"] as const)("is one with a host that %s", (status) => {
    const { trouble } = decideWaves(rolloutOf([member("web1", { status, wave: 0 }), member("web2")]));
    expect(trouble).toEqual({ kind: "deployment", host: "web1", deployment: "WEB1", status });
  });

  it("ends when its other hosts have ended", () => {
    const members = [failed, member("web3", { status: "running", wave: 1 }), member("web4")];
    expect(decide(members, { maxParallel: 2 })).toEqual(["end WEB4"]);
  });

  it("is one in which a host falls ill after it has been deployed", () => {
    const ill = done("web1", 0, { illness: "GET /health answers 500", healthyMs: 0 });
    const { trouble, end } = decideWaves(rolloutOf([ill, member("web2")], { bakeMs: HOUR }));
    expect(trouble).toEqual({ kind: "illness", host: "web1", deployment: "WEB1", found: "GET /health answers 500" });
    expect(end?.outcome).toBe("failed");
  });

  it("stays failed when the host that was ill is well again", () => {
    const trouble = { kind: "illness", host: "web1", deployment: "WEB1", found: "500" } as const;
    expect(decide([done("web1", 0), member("web2")], {}, { trouble })).toEqual(["end WEB2", "failed without web2"]);
  });

  it("ends retries that wait, too", () => {
    expect(decide([failed, member("web3", { wave: 1 })], { maxParallel: 2 })).toEqual([
      "end WEB3",
      "failed without web2 without web3",
    ]);
  });

  it("does not wait for a host that is silent", () => {
    const silent = member("web3", { status: "running", wave: 1, presence: "silent" });
    expect(decide([failed, silent], { maxParallel: 2 })).toEqual(["failed without web2 without web3"]);
  });
});

describe("going back after a failure", () => {
  const plan: Partial<RolloutPlan> = { onFailure: "roll_back", maxParallel: 2, canary: 1 };
  const failed = member("d", { status: "rolled_back", wave: 2 });
  const back = (status: "running" | "succeeded" | "failed" | "queued" | "superseded") => ({
    rollback: { deployment: "B", status },
  });

  it("begins with the hosts of the newest wave", () => {
    const members = [done("a", 0), done("b", 1), done("c", 1), failed, member("e")];
    expect(decide(members, plan)).toEqual(["end E", "take back b", "take back c"]);
  });

  it("waits until a wave is back before the wave before it goes back", () => {
    expect(
      decide([done("a", 0), done("b", 1, back("running")), done("c", 1, back("succeeded")), failed], plan),
    ).toEqual([]);
    expect(
      decide([done("a", 0), done("b", 1, back("succeeded")), done("c", 1, back("succeeded")), failed], plan),
    ).toEqual(["take back a"]);
  });

  it("waits for hosts that still run", () => {
    expect(
      decide(
        [done("a", 0), member("b", { status: "running", wave: 1 }), member("c", { status: "failed", wave: 1 })],
        plan,
      ),
    ).toEqual([]);
  });

  it("ends when every host is back", () => {
    expect(decide([done("a", 0, back("succeeded")), failed], plan)).toEqual(["rolled_back"]);
  });

  it("needs nothing if no host had succeeded", () => {
    expect(decide([member("a", { status: "rolled_back", wave: 0 }), member("b")], plan)).toEqual([
      "end B",
      "rolled_back",
    ]);
  });

  it("goes on with the other hosts if one cannot go back, and names it at the end", () => {
    expect(decide([done("a", 0), done("b", 1, back("failed")), failed], plan)).toEqual(["take back a"]);
    expect(decide([done("a", 0, back("succeeded")), done("b", 1, back("failed")), failed], plan)).toEqual([
      "rollback_failed without b",
    ]);
  });

  it("does not wait for silent hosts, which go back when they return", () => {
    const silent = { presence: "silent" } as const;
    const members = [done("a", 0), done("b", 1, silent), failed];
    expect(decide(members, plan)).toEqual(["take back a", "take back b"]);
    const queued = [done("a", 0, back("succeeded")), done("b", 1, { ...silent, ...back("queued") }), failed];
    expect(decide(queued, plan)).toEqual(["rollback_failed without b"]);
  });

  it("takes back a host that was silent and succeeded after all", () => {
    const trouble = { kind: "deployment", host: "d", deployment: "D", status: "rolled_back" } as const;
    const late = { outcome: "rollback_failed", trouble } as const;
    expect(decide([done("a", 0, back("succeeded")), done("b", 1), failed], plan, late)).toEqual(["take back b"]);
  });

  it("is left to a newer push that waits: it brings its own revision to all hosts", () => {
    expect(decide([done("a", 0), failed], plan, { replacedBy: "S" })).toEqual(["failed without d"]);
    expect(decide([done("a", 0, back("superseded")), failed], plan)).toEqual(["rolled_back"]);
  });
});

describe("a newer push", () => {
  it("replaces a rollout that waits, at once", () => {
    expect(decide([member("web1"), member("web2")], {}, { replacedBy: "S" })).toEqual([
      "end WEB1",
      "end WEB2",
      "superseded without web1 without web2",
    ]);
  });

  it("replaces one that runs after its current wave, which does not have to stay healthy", () => {
    const plan: Partial<RolloutPlan> = { bakeMs: HOUR };
    const running = [done("web1", 0), member("web2", { status: "running", wave: 1 }), member("web3")];
    expect(decide(running, plan, { replacedBy: "S" })).toEqual(["end WEB3"]);
    const ended = [done("web1", 0), done("web2", 1, { healthyMs: 0 }), member("web3", { status: "superseded" })];
    expect(decide(ended, plan, { replacedBy: "S" })).toEqual(["superseded without web3"]);
  });

  it("waits for the hosts on which the older rollout runs", () => {
    expect(decide([member("web1")], {}, { older: { id: "Q", hosts: ["web1", "web2"] } })).toEqual([
      "WEB1 waits: rollout Q still runs on web1 and web2",
    ]);
  });
});

describe("a person", () => {
  it("stops a rollout by cancelling a deployment that runs", () => {
    const members = [done("web1", 0), member("web2", { status: "cancelled", wave: 1 }), member("web3")];
    expect(decide(members, { onFailure: "roll_back" })).toEqual(["end WEB3", "cancelled without web2 without web3"]);
  });

  it("leaves a host out by cancelling a deployment that waits", () => {
    const members = [done("web1", 0), member("web2", { status: "cancelled" }), member("web3")];
    expect(begun(decide(members))).toEqual(["WEB3"]);
    expect(decide([done("web1", 0), member("web2", { status: "cancelled" })])).toEqual(["succeeded without web2"]);
  });

  it("cancels a rollout by cancelling all its deployments", () => {
    expect(decide([member("web1", { status: "cancelled" })])).toEqual(["cancelled without web1"]);
  });
});

describe("a host that is absent", () => {
  const silent = member("web1", { presence: "silent" });
  const drained = member("web1", { presence: "drained" });

  it("is passed over with skip, so that the next host is the canary, and the rollout ends without it", () => {
    const plan: Partial<RolloutPlan> = { canary: 1, maxParallel: 5 };
    expect(decide([silent, member("web2"), member("web3")], plan)).toEqual([
      "begin WEB2 in wave 0",
      "WEB3 waits: web2 must be deployed first",
      "WEB1 waits: the daemon of web1 is silent; this goes on when it is back",
    ]);
    expect(decide([silent, done("web2", 0), done("web3", 1)], plan)).toEqual(["succeeded without web1"]);
  });

  it("has its turn in the next wave if it returns meanwhile", () => {
    const members = [member("web1"), done("web2", 0), member("web3", { status: "running", wave: 1 }), member("web4")];
    expect(decide(members)).toEqual([
      "WEB1 waits: web3 must be deployed first",
      "WEB4 waits: web1 must be deployed first",
    ]);
  });

  it("catches up when it returns after the end, as many at once as max_parallel allows", () => {
    const members = [member("web1"), member("web2"), done("web3", 0)];
    expect(decide(members, {}, { outcome: "succeeded" })).toEqual([
      "begin WEB1 in wave 1",
      "WEB2 waits: web1 must be deployed first, and rollout.max_parallel allows no more at once",
    ]);
  });

  it("does not get a revision that failed elsewhere meanwhile", () => {
    const ended = { outcome: "failed", trouble: { kind: "timeout", limitMs: 1 } } as const;
    expect(
      decide([member("web1"), done("web3", 0)], { onFailure: "roll_back" }, { ...ended, replacedBy: "S" }),
    ).toEqual(["end WEB1"]);
  });

  it("lets the rollout wait with wait, at its place in the order", () => {
    expect(decide([drained, member("web2")], { absent: "wait" })).toEqual([
      "WEB2 waits: web1 must be deployed first",
      'WEB1 waits: web1 is drained; "fraisier hosts resume web1" lets this go on',
    ]);
  });

  it("lets the rollout fail with fail, when its turn comes and not before", () => {
    const plan: Partial<RolloutPlan> = { absent: "fail", order: ["web2", "*"] };
    expect(begun(decide([silent, member("web2")], plan))).toEqual(["WEB2"]);
    expect(decide([silent, done("web2", 0)], plan)).toEqual(["end WEB1", "failed without web1"]);
  });

  it("lets the rollout fail with fail if it falls silent while it is deployed or has to stay healthy", () => {
    const plan: Partial<RolloutPlan> = { absent: "fail", bakeMs: HOUR };
    const running = member("web1", { status: "running", wave: 0, presence: "silent" });
    expect(decide([running, member("web2")], plan)).toEqual(["end WEB2", "failed without web1 without web2"]);
    const baking = done("web1", 0, { healthyMs: 1, presence: "silent" });
    expect(decide([baking, member("web2")], plan)).toEqual(["end WEB2", "failed without web2"]);
  });

  it("is waited for if it fell silent while it was deployed", () => {
    const running = member("web1", { status: "running", wave: 0, presence: "silent" });
    expect(decide([running, member("web2")])).toEqual([
      "WEB2 waits: the daemon of web1 is silent; this goes on when it is back",
    ]);
  });

  it("keeps a rollout waiting if no host is there at all", () => {
    expect(decide([silent])).toEqual(["WEB1 waits: the daemon of web1 is silent; this goes on when it is back"]);
  });
});

describe("max_unavailable", () => {
  const absent = ["web1", "web2"].map((host) => member(host, { presence: "silent" }));

  it("lets no host begin while more hosts are silent or drained", () => {
    const wait = "web1 and web2 are silent or drained, and rollout.max_unavailable allows 1";
    expect(decide([...absent, member("web3")])[1]).toBe(
      `WEB2 waits: the daemon of web2 is silent; this goes on when it is back`,
    );
    expect(decide([...absent, member("web3")])).toContain(`WEB3 waits: ${wait}`);
    expect(begun(decide([...absent, member("web3")], { maxUnavailable: 2 }))).toEqual(["WEB3"]);
    expect(begun(decide([...absent, member("web3")], { maxUnavailable: "70%" }))).toEqual(["WEB3"]);
  });

  it("lets no host begin while a single one is away if it is 0", () => {
    expect(decide([member("web1", { presence: "drained" }), member("web2")], { maxUnavailable: 0 })).toContain(
      "WEB2 waits: web1 is silent or drained, and rollout.max_unavailable allows 0",
    );
  });
});

describe("the timeout", () => {
  const late: Partial<Rollout> = { runsForMs: HOUR };

  it("lets a rollout fail that takes too long", () => {
    const members = [done("web1", 0), member("web2")];
    expect(decide(members, { timeoutMs: HOUR }, late)).toEqual(["end WEB2", "failed without web2"]);
    expect(decideWaves(rolloutOf(members, { timeoutMs: HOUR }, late)).trouble).toEqual({
      kind: "timeout",
      limitMs: HOUR,
    });
    expect(begun(decide(members, { timeoutMs: HOUR + 1 }, late))).toEqual(["WEB2"]);
  });

  it("does not count before the first host has begun, nor after the last one has ended", () => {
    expect(begun(decide([member("web1")], { timeoutMs: HOUR }, late))).toEqual(["WEB1"]);
    expect(decide([done("web1", 0)], { timeoutMs: HOUR }, late)).toEqual(["succeeded"]);
  });
});

describe("the end", () => {
  it("is needless if every host ran the revision already", () => {
    expect(decide([member("web1", { status: "skipped", wave: 0 })])).toEqual(["skipped"]);
  });

  it("is a success if one host did not have the revision yet", () => {
    expect(decide([member("web1", { status: "skipped", wave: 0 }), done("web2", 1)])).toEqual(["succeeded"]);
  });
});
