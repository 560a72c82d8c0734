import { chmodSync, chownSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/doctor/diagnosis.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

interface Report {
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  /** The findings of one thing. */
  of(check: RegExp): readonly Finding[];
}

async function doctor(scenario: Scenario, ...args: readonly string[]): Promise<Report> {
  const { exitCode, stdout } = await scenario.fraisier("doctor", "--json", ...args);
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  for (const { status, remedy, check } of findings)
    if (status === "warning" || status === "error") expect(remedy, check).toBeTruthy();
  return { exitCode, findings, of: (check) => findings.filter((each) => check.test(each.check)) };
}

describe("fraisier doctor", () => {
  it("pings the daemon as the forge would, asks the repository, and looks at the folders of a healthy installation", async () => {
    const scenario = await createScenario();
    await scenario.commit("1");
    await scenario.push();
    await scenario.start();
    const report = await doctor(scenario);
    expect(report.findings.filter(({ status }) => status === "error")).toEqual([]);
    expect(report.of(/^webhook git$/)).toMatchObject([{ status: "ok", message: expect.stringContaining("accepted") }]);
    expect(report.of(/^repository acme\/shop$/)).toMatchObject([{ status: "ok" }]);
    expect(report.of(/^daemon$/)).toMatchObject([{ status: "ok" }]);
    expect(report.of(/^store$/)).toMatchObject([{ status: "ok" }]);
    expect(report.of(/^secrets$/)).toMatchObject([{ status: "ok" }]);
    const told = await scenario.fraisier("doctor");
    expect(told.exitCode).toBe(report.exitCode);
    expect(told.stdout).toMatch(/^ok +webhook git +a signed ping/m);
    expect(told.stdout).toMatch(/^0 errors, \d+ warnings?, \d+ ok, \d+ skipped$/m);
  });

  it("leaves no delivery behind, however often it runs, and its header hides nothing else", async () => {
    const scenario = await createScenario();
    const revision = await scenario.commit("1");
    await scenario.start();
    await doctor(scenario);
    expect((await doctor(scenario)).of(/^webhook git$/)).toMatchObject([{ status: "ok" }]);
    expect(await scenario.store.deliveries.history({ limit: 5 })).toEqual([]);
    const push = { before: "0".repeat(40), after: revision };
    expect((await scenario.deliver(push, { "x-fraisier-doctor": "ping" })).status).toBe(200);
    const refused = await scenario.deliver(push, { "x-fraisier-doctor": "ping", "x-fraisier-signature": "sha256=0" });
    expect(refused.status).toBe(401);
    const recorded = await scenario.store.deliveries.history({ limit: 5 });
    expect(recorded.map(({ decision }) => decision)).toEqual(["refused", "queued"]);
  });

  it("finds a daemon with another secret, a missing hook, an unreachable repository and a folder open to everybody", async () => {
    const scenario = await createScenario({
      fraises:
        "gone: { type: api, repository: acme/gone, clone_url: $FOLDER/gone.git, environments: { production: { branch: main, app_path: $FOLDER/gone } } }",
    });
    await scenario.commit("1");
    await scenario.push();
    await scenario.start();
    chmodSync(scenario.folder, 0o757);
    rmSync(join(scenario.bare, "hooks/post-receive"));
    const report = await doctor(scenario.with({ SCENARIO_SECRET: "another secret than the daemon has" }));
    expect(report.exitCode).toBe(2);
    expect(report.of(/^webhook git$/)).toMatchObject([
      { status: "error", message: expect.stringContaining("401"), remedy: expect.stringContaining("reload fraisier") },
    ]);
    expect(report.of(/^repository acme\/gone$/)).toMatchObject([{ status: "error" }]);
    expect(report.of(/^repository acme\/shop$/)).toMatchObject([
      { status: "ok" },
      { status: "warning", message: expect.stringContaining("no hook post-receive") },
    ]);
    expect(report.of(/^file .*fraises\.yaml$/)).toMatchObject([
      { status: "error", remedy: expect.stringContaining("chmod o-w") },
    ]);
    expect((await doctor(scenario, "shop")).of(/gone/)).toEqual([]);
    expect((await scenario.fraisier("doctor", "shop/nowhere")).exitCode).toBe(2);
  });

  it.runIf(process.getuid?.() === 0)("looks with the rights of the service's user if root asks", async () => {
    const scenario = await createScenario();
    for (const name of ["", ...readdirSync(scenario.folder, { recursive: true, encoding: "utf8" })])
      chownSync(join(scenario.folder, name), 65_534, 65_534);
    const file = join(scenario.folder, "fraises.yaml");
    chownSync(file, 0, 65_534);
    chmodSync(file, 0o640);
    const closed = join(scenario.folder, "environment");
    writeFileSync(closed, "X=1\n", { mode: 0o600 });
    const report = await doctor(scenario);
    expect(report.of(/^user$/)).toMatchObject([{ status: "ok", message: expect.stringContaining("nobody") }]);
    expect(report.of(/environment$/)).toMatchObject([
      { status: "error", remedy: expect.stringContaining("chmod 0640") },
    ]);
    expect(report.of(/^store$/)).toMatchObject([{ status: "ok" }]);
  });

  it("reports a broken fraises.yaml at its line, and still looks at the machine", async () => {
    const scenario = await createScenario();
    const file = join(scenario.folder, "fraises.yaml");
    writeFileSync(file, `${readFileSync(file, "utf8")}\nnonsense: 1\n`);
    const report = await doctor(scenario);
    expect(report.exitCode).toBe(2);
    expect(report.of(/^fraises\.yaml$/)).toMatchObject([
      { status: "error", message: expect.stringMatching(/:\d+:1: .*nonsense/) },
    ]);
    expect(report.of(/^git$/)).toMatchObject([{ status: "ok" }]);
    expect(report.of(/^webhooks$/)).toMatchObject([{ status: "skipped" }]);
  });

  it("names the command that sets a variable which a target requires, and one finding for a secret named twice", async () => {
    const url = '"postgres://u:${SHOP_PASSWORD}@127.0.0.1/x"';
    const scenario = await createScenario({
      environment: `required_env_vars: [API_KEY]\nverify: [{ type: sql, url: ${url}, query: select 1, value: 1 }, { type: sql, url: ${url}, query: select 2, value: 2 }]`,
    });
    const report = await doctor(scenario, "shop/production");
    expect(report.of(/^variables$/)).toMatchObject([
      { status: "error", remedy: "fraisier env set shop/production API_KEY" },
    ]);
    expect(report.of(/^secrets$/)).toMatchObject([
      { status: "error", message: expect.stringMatching(/SHOP_PASSWORD.*1 more place/) },
    ]);
  });
});
