import { describe, expect, it } from "vitest";
import { bringBackService } from "../../src/steps/service/bring-back-service.ts";
import { migrateDatabase } from "../../src/steps/database/migrate-database.ts";
import { onRollback } from "../../src/steps/on-rollback.ts";
import { restoreDatabase } from "../../src/steps/database/restore-database.ts";
import { advanceCheckout } from "../../src/steps/release/advance-checkout.ts";
import type { Facts } from "../../src/steps/capabilities.ts";

interface Before {
  readonly hasChanged: boolean;
  readonly hasDisturbed: boolean;
  readonly previousRevision: string | undefined;
  readonly facts: Facts;
  readonly isRestarted?: boolean;
}

/** The deeds of a rollback on a service that is up. */
async function deeds(before: Before): Promise<readonly string[]> {
  const done: string[] = [];
  const state = {
    up: true,
    changing: false,
    failed: false,
    isActive: true,
    restarts: 0,
    mainPid: 7,
    description: "up",
  };
  const service = {
    name: "shop.service",
    state: async () => state,
    restart: async () => void done.push("restart"),
    stop: async () => void done.push("stop"),
  };
  const context = {
    ...before,
    service,
    target: { settings: { health_check: { stable_for: 0, interval: 1, timeout: 1_000 } } },
    host: { clock: { monotonicMs: () => 0, sleep: async () => {} } },
    startOf: () => (before.isRestarted === true ? new Date() : undefined),
    signal: new AbortController().signal,
    log: () => {},
  };
  await bringBackService.run(context as unknown as Parameters<typeof bringBackService.run>[0]);
  return done;
}

const up = { wasUp: true, mainPid: 7 };
const OLD = "a".repeat(40);

describe("a service that a rollback brings back", () => {
  it.each<readonly [string, Before, readonly string[]]>([
    [
      "is left alone if nothing has changed",
      { hasChanged: false, hasDisturbed: false, previousRevision: OLD, facts: up },
      [],
    ],
    [
      "is restarted on the old code if anything has changed",
      { hasChanged: true, hasDisturbed: false, previousRevision: OLD, facts: up },
      ["restart"],
    ],
    [
      "is restarted though it is up if it was stopped meanwhile",
      { hasChanged: false, hasDisturbed: true, previousRevision: OLD, facts: up },
      ["restart"],
    ],
    [
      "is left alone if it ran before the first deployment and was not restarted",
      { hasChanged: true, hasDisturbed: false, previousRevision: undefined, facts: up },
      [],
    ],
    [
      "is restarted if it ran before the first deployment and was restarted by it",
      { hasChanged: true, hasDisturbed: false, previousRevision: undefined, facts: up, isRestarted: true },
      ["restart"],
    ],
    [
      "is stopped if it did not run before the first deployment",
      { hasChanged: true, hasDisturbed: false, previousRevision: undefined, facts: { wasUp: false } },
      ["stop"],
    ],
  ])("%s", async (_, before, expected) => {
    expect(await deeds(before)).toEqual(expected);
  });
});

describe("a step", () => {
  it("has changed nothing if it migrated nothing, or if it only notes something for a rollback", () => {
    expect(migrateDatabase.hasChanged?.({})).toBe(false);
    expect(migrateDatabase.hasChanged?.({ migrations: [], rebuilt: false })).toBe(false);
    expect(migrateDatabase.hasChanged?.({ migrations: ["1"], rebuilt: false })).toBe(true);
    expect(migrateDatabase.hasChanged?.({ migrations: [], rebuilt: true })).toBe(true);
    expect(onRollback("migrating", [restoreDatabase])[0]?.hasChanged?.({ backup: "b" })).toBe(false);
  });

  it("has disturbed the service if it moved its checkout, or stopped it", () => {
    expect(advanceCheckout.hasDisturbed?.({})).toBe(true);
    expect(onRollback("migrating", [restoreDatabase])[0]?.hasDisturbed?.({ stopped: true })).toBe(true);
    expect(onRollback("migrating", [restoreDatabase])[0]?.hasDisturbed?.({})).toBe(false);
  });
});
