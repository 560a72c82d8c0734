import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../helpers/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
const BUILT = dirname(process.env["FRAISIER_TEST_PROGRAM"] ?? "");

/** A copy of the built program that a test can take away while it runs. */
function ownProgram(): string {
  const folder = temporaryFolder();
  cpSync(BUILT, join(folder, "dist"), { recursive: true });
  cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
  cpSync(join(ROOT, "node_modules/better-sqlite3"), join(folder, "node_modules/better-sqlite3"), { recursive: true });
  return folder;
}

describe("an upgrade of the program while a deployment runs", () => {
  it.each([
    ["goes live", "2", "succeeded", /^$/],
    ["is taken back", "2 broken", "rolled_back", /health/],
  ])("leaves the runner with all that it needs: what is pushed %s", async (_, version, status, reason) => {
    const program = ownProgram();
    process.env["FRAISIER_TEST_PROGRAM"] = join(program, "dist/main.js");
    // It reads where the program is when it is loaded.
    vi.resetModules();
    const { createScenario, until } = await import("../helpers/scenario.ts");
    const scenario = await createScenario({
      environment: ["build: 'until test -e $GO; do sleep 0.1; done'", "verify: [{ type: links }]"].join("\n"),
    });
    const go = join(scenario.folder, "go");
    scenario.with({ GO: go });
    await scenario.start();
    writeFileSync(go, "");
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first, "succeeded");
    rmSync(go);
    const revision = await scenario.commit(version);
    await scenario.push();
    const { id } = await scenario.settled(revision, "running");
    await until("the build runs", async () => {
      const detail = await scenario.store.deploymentDetail(id);
      return detail?.steps.some(({ step, status }) => step === "build" && status === "started") === true;
    });
    rmSync(program, { recursive: true });
    expect(existsSync(program)).toBe(false);
    writeFileSync(go, "");
    expect(await scenario.settled(revision)).toMatchObject({ status, reason: expect.stringMatching(reason) });
  });
});
