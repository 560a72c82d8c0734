import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ownIdentity } from "../../src/host/process-identity.ts";
import { findDead } from "../../src/queue/find-dead.ts";
import { delivery, freshStore, revision } from "../helpers/store.ts";

const LIVING = JSON.stringify(ownIdentity());

/** The identity of a process that has ended. */
async function ended(): Promise<string> {
  const child = spawn("sleep", ["60"]);
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  child.kill();
  await once(child, "exit");
  return JSON.stringify({ ...ownIdentity(), pid: child.pid, startTime });
}

describe("a deployment whose runner is gone", () => {
  const later = new Date(Date.now() + 3_600_000);

  it.each([
    ["adopted by a living runner, even when its lease ran out", true, "living", later, false],
    ["adopted by a runner that died", true, "dead", new Date(), true],
    ["being launched by a living daemon", false, "living", new Date(), false],
    ["claimed long ago by a living daemon that could not launch", false, "living", later, true],
    ["claimed by a daemon that died before it launched", false, "dead", new Date(), true],
    ["adopted by another machine's runner, in time", true, "elsewhere", new Date(), false],
    ["adopted by another machine's runner, silent for long", true, "elsewhere", later, true],
    ["adopted by a process whose number was given out again", true, "reborn", new Date(), true],
  ])("is found or not: %s", async (_, isAdopted, who, now, isDead) => {
    const identity = {
      living: LIVING,
      dead: await ended(),
      elsewhere: JSON.stringify({ ...ownIdentity(), host: "another" }),
      reborn: JSON.stringify({ ...ownIdentity(), startTime: "1" }),
    }[who];
    const store = await freshStore();
    const [recorded] = await store.recordDeliveries([delivery(revision("a"))]);
    const id = recorded?.decisions[0]?.deployment ?? "";
    expect(await store.claimDeployment(id, 20_000, isAdopted ? LIVING : (identity ?? ""))).toBe(true);
    if (isAdopted) await store.adoptDeployment(id, "runner", { kind: "process", identity: identity ?? "" }, 30_000);
    const dead = findDead((await store.queueState()).running, now);
    expect(dead.map((each) => each.id)).toEqual(isDead ? [id] : []);
    if (!isDead) return;
    const owner = dead[0]?.lease_owner ?? null;
    expect(await store.reclaimDeployment(id, owner, 20_000, LIVING)).toBe(true);
    if (isAdopted) expect(await store.reclaimDeployment(id, owner, 20_000, LIVING)).toBe(false);
  });
});
