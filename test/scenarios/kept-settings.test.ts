import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "../../src/app.ts";
import { frozenText } from "../../src/config/frozen-text.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

/** Kills the runner of version 2 in its health check, with another fraises.yaml from then on; gives how it ended. */
async function diesUnder(scenario: Scenario, change: (text: string) => string): Promise<string | undefined> {
  await scenario.start();
  const good = await scenario.commit("1");
  await scenario.push();
  await scenario.settled(good, "succeeded");
  const next = await scenario.commit("2");
  await scenario.push();
  const { id } = await scenario.settled(next, "running");
  await until("the health check", async () => {
    const detail = await scenario.store.deploymentDetail(id);
    return detail?.steps.some(({ step, status }) => step === "check-health" && status === "started") === true;
  });
  const file = join(scenario.folder, "fraises.yaml");
  writeFileSync(file, change(readFileSync(file, "utf8")));
  const row = (await scenario.store.deploymentDetail(id))?.deployment;
  process.kill((JSON.parse(row?.runner_identity ?? "{}") as { pid: number }).pid, "SIGKILL");
  const { status } = await scenario.settled(next);
  return status;
}

describe("a deployment whose runner dies", () => {
  it.each([
    ["app_path was changed", (text: string) => text.replace(/app_path: \S+/, "$&-moved")],
    ["its fraise was removed", (text: string) => `${text.split("\nfraises:")[0]}\nfraises: {}\n`],
    ["fraises.yaml was broken", (text: string) => text.replace("type: api", "type: [")],
  ])("is never taken for rolled back while the new version runs, though %s", async (_what, change) => {
    const scenario = await createScenario({ stableForMs: 2_000 });
    expect(await diesUnder(scenario, change)).toBe("rolled_back");
    expect(await scenario.answer()).toBe("version 1");
    const [state] = await scenario.store.targetStatus();
    expect(readlinkSync(join(scenario.app, "current"))).toBe(`releases/${state?.deployment_id}`);
    expect(readFileSync(join(scenario.app, "current/VERSION"), "utf8")).toBe("1\n");
  });
});

describe("the settings that a deployment keeps", () => {
  it("hold no literal secret of a forge, and everything else as it stands", () => {
    const text = `# was: s3cr3t-one
x-shared: &s "s3cr3t-one"
git:
  github: { webhook_secret: *s }
  gitlab:
    webhook_secret: [plain-two, "\${FROM_ENV}"]
    signing_token: !file /etc/secret
fraises:
  api: { repository: acme/api, note: kept }
`;
    const frozen = frozenText(text, families);
    expect(frozen.text).not.toContain("s3cr3t-one");
    expect(frozen.text).not.toContain("plain-two");
    for (const kept of ["${FROM_ENV}", "!file /etc/secret", "note: kept", "repository: acme/api"])
      expect(frozen.text).toContain(kept);
    expect(frozen.text.split("\n")).toHaveLength(text.split("\n").length);
  });
});
