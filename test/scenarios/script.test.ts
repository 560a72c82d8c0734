import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

/** Installs the version for all to see, as a deploy.sh does, and fails where it is told to. */
const DEPLOY = `cp VERSION "$FRAISIER_APP_PATH/../live"
echo "$FRAISIER_FRAISE $FRAISIER_ENVIRONMENT $FRAISIER_REVISION $FRAISIER_REF \${FRAISIER_ROLLBACK:-deploy}"
test ! -e hang || exec sleep 15
test ! -e broken
`;

async function blog(layout: "releases" | "in_place", environment = ""): Promise<Scenario> {
  const scenario = await createScenario({ type: "script", layout, environment });
  if (layout === "in_place") {
    await scenario.commit("0");
    await scenario.git("push", "--quiet", "origin", "main:main");
    await scenario.git("clone", "--quiet", scenario.bare, scenario.app);
  }
  return scenario;
}

const live = (scenario: Scenario): string => readFileSync(join(scenario.app, "../live"), "utf8").trim();

describe.each(["releases", "in_place"] as const)("a fraise with a deploy.sh (%s)", (layout) => {
  it("is deployed by its own script, which is told what it deploys; a failure deploys the old revision again", async () => {
    const scenario = await blog(layout);
    await scenario.start();
    const good = await scenario.commit("1", { "deploy.sh": DEPLOY });
    await scenario.push();
    const { id, status } = await scenario.settled(good);
    expect(status).toBe("succeeded");
    expect(live(scenario)).toBe("1");
    const lines = await scenario.store.deployments.output(id, 0, 1000);
    expect(lines.map(({ line }) => line)).toContain(`shop production ${good} main deploy`);
    const bad = await scenario.commit("2", { broken: "" });
    await scenario.push();
    const failed = await scenario.settled(bad);
    expect(failed).toMatchObject({ status: "rolled_back", reason: "run-script ended with exit code 1" });
    expect(live(scenario)).toBe("1");
    const undone = await scenario.store.deployments.output(failed.id, 0, 1000);
    expect(undone.map(({ line }) => line)).toContain(`shop production ${good} main 1`);
  });

  it("runs rollback_script of the old revision instead, where one is named", async () => {
    const scenario = await blog(layout, "rollback_script: bin/back.sh");
    await scenario.start();
    const back = 'echo "back to $(cat VERSION)" > "$FRAISIER_APP_PATH/../live"\n';
    const good = await scenario.commit("1", { "deploy.sh": DEPLOY, "bin/back.sh": back });
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const bad = await scenario.commit("2", { broken: "" });
    await scenario.push();
    expect(await scenario.settled(bad)).toMatchObject({ status: "rolled_back" });
    expect(live(scenario)).toBe("back to 1");
  });

  it("is taken back when its runner is killed while the script runs", async () => {
    const scenario = await blog(layout);
    await scenario.start();
    const good = await scenario.commit("1", { "deploy.sh": DEPLOY });
    await scenario.push();
    await scenario.settled(good, "succeeded");
    const next = await scenario.commit("2", { hang: "" });
    await scenario.push();
    const { id } = await scenario.settled(next, "running");
    await until("the script", async () => live(scenario) === "2");
    const row = (await scenario.store.deployments.detail(id))?.deployment;
    process.kill((JSON.parse(row?.runnerIdentity ?? "{}") as { pid: number }).pid, "SIGKILL");
    expect(await scenario.settled(next)).toMatchObject({ status: "rolled_back" });
    expect(live(scenario)).toBe("1");
  });
});

describe("a fraise without a deploy.sh", () => {
  it("is refused before anything is touched", async () => {
    const scenario = await blog("releases");
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: `deploy.sh is not in ${revision.slice(0, 7)}`,
    });
    expect(existsSync(join(scenario.app, "releases"))).toBe(false);
  });
});
