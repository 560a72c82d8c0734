import { describe, expect, it } from "vitest";
import { takeTarget } from "../../src/cli/targets/take-target.ts";
import { ownIdentity } from "../../src/host/process-identity.ts";
import { API, freshStore } from "../helpers/store.ts";

describe("a target that another process has", () => {
  it.each([
    ["here", {}, API, "Wait for it to end; fraisier lock lists what is locked."],
    [
      "elsewhere",
      { host: "db-2" },
      API,
      "process 7 of db-2 still works; if it does not: fraisier unlock api production",
    ],
    ["elsewhere, with a job", { host: "db-2" }, { ...API, job: "daily" }, "fraisier unlock api production --job daily"],
  ])("is refused with what helps: the process is %s", async (_, identity, target, hint) => {
    const store = await freshStore();
    const own = ownIdentity();
    const holder = JSON.stringify({ ...own, ...identity, pid: "host" in identity ? 7 : own.pid });
    const lock = { ...target, holder, reason: "a restore", lockedBy: "ann", lockedAt: new Date().toISOString() };
    expect(await store.targets.occupy(lock)).toBeUndefined();
    await expect(takeTarget({ store }, target, "another")).rejects.toMatchObject({
      message: expect.stringContaining("is taken: a restore, by ann"),
      hint: expect.stringContaining(hint),
    });
  });
});
