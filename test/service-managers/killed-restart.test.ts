import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const SOURCE = join(import.meta.dirname, "../../src");

describe("a restart command of the operator's", () => {
  it("does not go on after its runner was killed, so that it never overlaps the restart of the next one", async () => {
    const folder = temporaryFolder();
    const [began, late] = [join(folder, "began"), join(folder, "late")];
    const restart = `echo $$ > ${began}; sleep 1; touch ${late}; sleep 60`;
    const script = `
      const { command } = await import(${JSON.stringify(join(SOURCE, "service-managers/command.ts"))});
      const { localHost } = await import(${JSON.stringify(join(SOURCE, "host/local-host.ts"))});
      await command.service({ restart: ${JSON.stringify(restart)} }, localHost(), { PATH: process.env.PATH }).restart();`;
    const runner = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "ignore" });
    await until("the restart to begin", async () => existsSync(began) && readFileSync(began, "utf8") !== "");
    const pid = readFileSync(began, "utf8").trim();
    runner.kill("SIGKILL");
    await until("the restart to be gone", async () => !isAlive(pid));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(existsSync(late)).toBe(false);
  });
});

function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
