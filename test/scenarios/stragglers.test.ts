import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";

describe("a process that a build has started in a session of its own", () => {
  it("does not live on when the build is cancelled, nor when it is out of time", async () => {
    const build = `setsid --fork sh -c 'echo $$ > "$FRAISIER_APP_PATH/straggler"; exec sleep 300'; sleep 300`;
    const scenario = await createScenario({
      environment: `build: ${JSON.stringify(build)}\nphase_timeouts: { building: 4s }`,
    });
    await scenario.start();
    const file = join(scenario.app, "straggler");
    const timedOut = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(timedOut)).toMatchObject({ status: "failed" });
    expect(isAlive(readFileSync(file, "utf8").trim())).toBe(false);

    const before = readFileSync(file, "utf8");
    const cancelled = await scenario.commit("2");
    await scenario.push();
    await until(
      "the build to run",
      async () => existsSync(file) && readFileSync(file, "utf8").trim() !== before.trim(),
    );
    const straggler = readFileSync(file, "utf8").trim();
    const { id } = await scenario.settled(cancelled, "running");
    await scenario.fraisier("cancel", id);
    expect(await scenario.settled(cancelled)).toMatchObject({ finishedAt: expect.anything() as unknown });
    expect(isAlive(straggler)).toBe(false);
  });
});

function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
