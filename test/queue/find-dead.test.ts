import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isAlive, ownIdentity } from "../../src/host/process-identity.ts";
import { findDead } from "../../src/queue/find-dead.ts";
import { watchSilence } from "../../src/queue/silence.ts";
import type { RunningDeployment } from "../../src/store/reads/queue-state.ts";

const HOUR_MS = 3_600_000;

function running(identity: object | null, more: Partial<RunningDeployment> = {}): RunningDeployment {
  return {
    id: "d",
    fraise: "api",
    environment: "production",
    job: "",
    host: "",
    status: "running",
    leaseOwner: "o",
    leaseExpiresAt: "2026-01-01T00:00:30.000Z",
    runnerKind: "process",
    runnerIdentity: identity === null ? undefined : JSON.stringify(identity),
    cancelRequestedAt: undefined,
    settings: undefined,
    waitsFor: undefined,
    ...more,
  };
}

/** Whether it is found dead, looked at now and again after a while of this process's own clock. */
function after(ms: number, first: RunningDeployment, then: RunningDeployment = first): boolean {
  let now = 0;
  const silence = watchSilence(() => now);
  findDead([first], silence);
  now = ms;
  return findDead([then], silence).length > 0;
}

const LIVING = ownIdentity();
const DEAD = { ...LIVING, pid: spawnSync("true").pid };

describe("a runner of this machine", () => {
  it("is dead at once when its process is gone, whatever its lease says", () => {
    expect(after(0, running(DEAD, { leaseExpiresAt: "2999-01-01T00:00:00.000Z" }))).toBe(true);
  });

  it("lives while its process does, however long it was silent", () => {
    expect(after(HOUR_MS, running(LIVING))).toBe(false);
  });

  it("lives also if its unit sees another boot id, as hardened units in LXC and systemd-nspawn do", () => {
    expect(after(HOUR_MS, running({ ...LIVING, bootId: "another" }))).toBe(false);
  });

  it("is not mistaken for another process that got its number, nor for one before the last boot", () => {
    expect(after(0, running({ ...LIVING, startTime: "1" }))).toBe(true);
    expect(after(0, running({ ...DEAD, bootId: "another" }))).toBe(true);
    expect(after(0, running({ ...LIVING, bootId: "another", pidNamespace: "pid:[1]" }))).toBe(true);
  });
});

describe("a runner in another pid namespace, of a container with the same host name", () => {
  it("is not taken for dead because its pid means nothing here: only its silence counts", () => {
    const foreign = { ...DEAD, pidNamespace: "pid:[1]" };
    expect(after(29_000, running(foreign))).toBe(false);
    expect(after(31_000, running(foreign))).toBe(true);
  });

  it("names its namespace in its identity", () => {
    const module = join(import.meta.dirname, "../../src/host/process-identity.ts");
    const script = `import(${JSON.stringify(module)}).then((found) => console.log(JSON.stringify(found.ownIdentity())))`;
    const argv = ["--pid", "--fork", "--mount-proc", process.execPath, "-e", script];
    const { status, stdout, stderr } = spawnSync("unshare", argv, { encoding: "utf8" });
    if (status !== 0) {
      process.stderr.write(`NOT TESTED: no pid namespace can be made here (${stderr})\n`);
      return;
    }
    const foreign = JSON.parse(stdout) as typeof LIVING;
    expect({ host: foreign.host, bootId: foreign.bootId }).toEqual({ host: LIVING.host, bootId: LIVING.bootId });
    expect(isAlive(foreign)).toBeUndefined();
    expect(isAlive(LIVING)).toBe(true);
  });
});

describe("a runner of another machine", () => {
  const far = { ...LIVING, host: "elsewhere" };

  it("is dead when its lease did not change for the length of one", () => {
    expect(after(29_000, running(far))).toBe(false);
    expect(after(31_000, running(far))).toBe(true);
  });

  it("lives when its lease changed, whatever the wall clocks say", () => {
    const renewed = running(far, { leaseExpiresAt: "1999-01-01T00:00:00.000Z" });
    expect(after(HOUR_MS, running(far), renewed)).toBe(false);
    expect(after(HOUR_MS, running(far, { leaseOwner: "another" }), running(far))).toBe(false);
  });
});

describe("a claim that nobody has adopted", () => {
  it("is dead when the process that claimed is, or when launching took too long", () => {
    expect(after(0, running(DEAD, { runnerKind: "launching" }))).toBe(true);
    expect(after(1_000, running(LIVING, { runnerKind: "launching" }))).toBe(false);
    expect(after(31_000, running(LIVING, { runnerKind: "launching" }))).toBe(true);
  });

  it("is dead when its lease was revoked", () => {
    expect(after(0, running(null, { leaseOwner: undefined, leaseExpiresAt: undefined }))).toBe(true);
  });
});

describe("a runner that could not be heard", () => {
  it("is not silent for the time in which nobody could read the leases, as the store was away", () => {
    let now = 0;
    const silence = watchSilence(() => now);
    const elsewhere = running({ ...LIVING, host: "elsewhere" });
    const isDead = (at: number): boolean => {
      now = at;
      silence.looked();
      return findDead([elsewhere], silence).length > 0;
    };
    expect(isDead(0)).toBe(false);
    expect(isDead(2_000)).toBe(false);
    expect(isDead(HOUR_MS)).toBe(false);
    expect(silence.of(elsewhere)).toBeLessThan(10_000);
    // The leases can be read again, and it stays silent.
    for (let at = HOUR_MS; at <= HOUR_MS + 22_000; at += 2_000) expect(isDead(at)).toBe(false);
    expect(isDead(HOUR_MS + 27_000)).toBe(true);
  });
});
