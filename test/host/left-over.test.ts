import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { localProcesses } from "../../src/host/local-processes.ts";
import type { ProcessResult } from "../../src/host/processes.ts";

const env = { PATH: process.env["PATH"] ?? "" };

function begin(line: string): { readonly name: Promise<string>; readonly ended: Promise<ProcessResult> } {
  const started = Promise.withResolvers<string>();
  const ready = Promise.withResolvers<void>();
  const ended = localProcesses.run(line, {
    env,
    timeoutMs: 20_000,
    onStart: async (given) => started.resolve(given),
    onLine: () => ready.resolve(),
  });
  return { name: ready.promise.then(() => started.promise), ended };
}

describe("a command that outlived its runner", () => {
  it.each(["echo ready; sleep 77.1; true", "trap '' TERM; echo ready; sleep 77.1; sleep 77.1"])(
    "is ended with its group: %s",
    async (line) => {
      const { name, ended } = begin(line);
      expect(await localProcesses.endLeftOver(await name)).toBe(true);
      expect((await ended).signal).toBeDefined();
      expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain("sleep 77.1");
    },
  );

  it("is not mistaken for another process that got its number, nor for one of another boot", async () => {
    const { name, ended } = begin("echo ready; sleep 0.3");
    const identity = JSON.parse(await name) as Record<string, unknown>;
    expect(await localProcesses.endLeftOver(JSON.stringify({ ...identity, startTime: "1" }))).toBe(false);
    expect(await localProcesses.endLeftOver(JSON.stringify({ ...identity, bootId: "another" }))).toBe(false);
    expect((await ended).exitCode).toBe(0);
    expect(await localProcesses.endLeftOver(await name)).toBe(false);
  });

  it("is ended at once when it cannot be written down who was started", async () => {
    const startedAt = performance.now();
    const running = localProcesses.run("sleep 20", {
      env,
      timeoutMs: 20_000,
      onStart: async () => {
        throw new Error("the store is away");
      },
    });
    await expect(running).rejects.toThrow("the store is away");
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
