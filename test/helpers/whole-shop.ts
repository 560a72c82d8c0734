import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { crashEnd, holdRunners, needsFailure } from "./held-runner.ts";
import type { HoldPoint, Holder, Runner } from "./held-runner.ts";
import { createScenario } from "./scenario.ts";
import type { DeploymentRow, Scenario, ScenarioOptions } from "./scenario.ts";

/** A scenario whose deployments come through every phase: a database with migrations and backups, a build, hooks and a verification. */
export interface WholeShop {
  readonly scenario: Scenario;
  readonly holder: Holder;
  /** Its fraises.yaml. */
  readonly file: string;
  /** Pushes the next version, and waits until its runner is held at this point. */
  pushUntil(point: HoldPoint): Promise<{ readonly revision: string; readonly runner: Runner }>;
  /** Waits for the end of the deployment, which was interrupted at this point, and holds it and the host to the crash table. */
  endsAsItMust(point: HoldPoint, revision: string, end?: ReturnType<typeof crashEnd>): Promise<DeploymentRow>;
}

/** @param options for the scenario; version 1 is live when this resolves. */
export async function wholeShop(options: Pick<ScenarioOptions, "program"> = {}): Promise<WholeShop> {
  const scenario = await createScenario({
    ...options,
    environment: `database: { tool: sql, url: "sqlite:{folder}/shop.db", backup: {} }
install: "true"
build: "true"
hooks: { before_deploy: "true", after_deploy: "true" }
verify: [{ type: command, command: "true" }]`,
    healthCheck: `{ url: "{serviceUrl}health", timeout: 1s, interval: 50ms, stable_for: 100ms }`,
  });
  const file = join(scenario.folder, "fraises.yaml");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replaceAll("{folder}", scenario.folder).replaceAll("{serviceUrl}", scenario.serviceUrl),
  );
  const holder = holdRunners(scenario);
  await scenario.start();
  let version = 0;
  let live = 0;
  const push = async (isBroken: boolean): Promise<string> => {
    version += 1;
    const table = `-- migrate:up\ncreate table version_${version} (a integer);\n-- migrate:down\ndrop table version_${version};\n`;
    // Migrations of versions that were taken back are part of the next version.
    const revision = await scenario.commit(`${version}${isBroken ? " broken" : ""}`, {
      [`migrations/${String(version).padStart(4, "0")}_version.sql`]: table,
    });
    await scenario.push();
    return revision;
  };
  const tables = (): readonly string[] =>
    execFileSync(
      "sqlite3",
      [join(scenario.folder, "shop.db"), "select name from sqlite_master where name like 'version%' order by name"],
      { encoding: "utf8" },
    )
      .split("\n")
      .filter(Boolean);
  expect(await scenario.settled(await push(false))).toMatchObject({ status: "succeeded" });
  live = version;
  let before = tables();
  return {
    scenario,
    holder,
    file,
    async pushUntil(point) {
      holder.hold(point);
      const revision = await push(needsFailure(point));
      return { revision, runner: await holder.held() };
    },
    async endsAsItMust(point, revision, end = crashEnd(point)) {
      const row = await scenario.settled(revision);
      expect(row, `${point}: ${row.reason}`).toMatchObject({ status: end });
      if (end === "succeeded") live = version;
      else expect(tables(), point).toEqual(before);
      expect(await scenario.answer(), point).toBe(`version ${live}`);
      expect(tables().length, point).toBe(end === "succeeded" ? version : before.length);
      before = tables();
      const [state] = await scenario.store.targets.status();
      expect(readlinkSync(join(scenario.app, "current")), point).toBe(`releases/${state?.deployment}`);
      expect(state?.revision, point).toBe(end === "succeeded" ? revision : row.previousRevision);
      // What the revision itself did is held against it, also by a runner that only takes it back.
      expect(state?.hold?.reason === undefined, `${point}: ${state?.hold?.reason}`).toBe(!needsFailure(point));
      // Nothing that another file of settings named was made.
      expect(existsSync(`${scenario.app}-moved`), point).toBe(false);
      expect(existsSync(join(scenario.folder, "wrong")), point).toBe(false);
      return row;
    },
  };
}
