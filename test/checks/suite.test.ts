import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../src/domain/verification.ts";
import { runCheck, runChecks } from "../helpers/checks.ts";

describe("a suite", () => {
  it("goes on after a check that failed, and keeps to the order", async () => {
    const results = await runChecks([
      "{ type: command, command: 'exit 1' }",
      "{ type: service, unit: no-such-unit.service }",
      "{ type: command, command: 'true' }",
    ]);
    expect(results.map(({ status }) => status)).toEqual(["failed", "failed", "passed"]);
    expect(results.every(({ at }) => Math.abs(Date.now() - at.getTime()) < 60_000)).toBe(true);
  });

  it("tells a machine that lacks a program from a revision that is bad", async () => {
    const faults = (results: readonly CheckResult[]): readonly boolean[] => results.map((each) => each.isHostFault);
    const missing = ["{ type: command, command: [no-such-program] }", "{ type: command, command: 'exit 127' }"];
    expect(faults(await runChecks([...missing, "{ type: command, command: [./smoke] }"]))).toEqual([
      true,
      false,
      false,
    ]);
    expect(
      await runCheck(`{ type: sql, url: "sqlite:/x", query: select 1, value: 1 }`, { env: { PATH: "/nowhere" } }),
    ).toMatch(/^failed: .*sqlite3/);
  });

  it("ends a command that hangs or floods, with all it started", async () => {
    expect(await runCheck("{ type: command, command: 'sleep 53.1 & sleep 53.1', timeout: 300ms }")).toBe(
      "failed: no end within 0.3 s",
    );
    const { execFileSync } = await import("node:child_process");
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain("sleep 53.1");
    expect(
      await runCheck(
        "{ type: command, command: 'yes | head -c 20000000; echo end', contains: [y, end], lacks: error }",
      ),
    ).toBe("passed: exit code 0; it said: end");
  });

  it("is interrupted in the middle of a check", async () => {
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(new Error("cancelled")), 200);
    await expect(
      runChecks(["{ type: command, command: sleep 54.1 }"], { signal: interruption.signal }),
    ).rejects.toThrow("cancelled");
  });
});
