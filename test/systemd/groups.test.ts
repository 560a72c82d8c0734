import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { createScenario, freePort, until } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";

const systemctl = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)("systemctl", args)).stdout.trim();

async function deploy(scenario: Scenario, version: string): Promise<DeploymentRow> {
  const revision = await scenario.commit(version, { "units/platform-web.service": "x" });
  await scenario.push();
  return await scenario.settled(revision);
}

describe("groups under a real systemd", () => {
  it("restarts the units its files name, on the old code again after a failure, once the units it needs are active", async () => {
    const port = await freePort();
    const scenario = await createScenario({
      type: "groups",
      environment: `groups:
  - name: services
    file_patterns: ["units/*.service"]
    deploy_command: "systemctl restart {service_name}"
    after_rollback: [systemctl, restart, "{service_name}"]
needs: { units: platform-needed.service, commands: systemctl }
health_check: { url: "http://127.0.0.1:${port}/health", timeout: 3s, interval: 50ms, stable_for: 100ms }
`,
    });
    const exec = `${process.execPath} ${join(scenario.app, "current/service.js")} ${port}`;
    writeFileSync("/run/systemd/system/platform-web.service", `[Service]\nExecStart=${exec}\n`);
    writeFileSync("/run/systemd/system/platform-needed.service", `[Service]\nExecStart=/bin/sleep infinity\n`);
    await systemctl("daemon-reload");
    onTestFinished(async () => void (await systemctl("stop", "platform-web.service", "platform-needed.service")));
    const answer = async (): Promise<string> => await (await fetch(`http://127.0.0.1:${port}/`)).text();
    await scenario.start();
    expect(await deploy(scenario, "1")).toMatchObject({
      status: "failed",
      reason: "platform-needed.service is inactive (dead), and needs says it must be up",
    });
    await systemctl("start", "platform-needed.service");
    expect((await deploy(scenario, "2")).status).toBe("succeeded");
    expect(await answer()).toBe("version 2");
    expect(await deploy(scenario, "3 broken")).toMatchObject({ status: "rolled_back" });
    await until("the old version", async () => (await answer()) === "version 2");
  });
});
