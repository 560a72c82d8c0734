import { execFile } from "node:child_process";
import { chmodSync, chownSync, lstatSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario, ScenarioOptions } from "../helpers/scenario.ts";

/** Stands for the service's user; another user, who belongs to the service's group or does not, asks. */
const SERVICE = 65_534;
const STRANGER = 54_321;
const ROOT = join(import.meta.dirname, "../..");
const PROGRAM = process.env["FRAISIER_TEST_PROGRAM"] ?? join(ROOT, "src/main.ts");

const everything = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));

/** A scenario whose folder, store and all, belongs to the service's user; only its fraises.yaml is root's. */
async function ofTheService(
  options: ScenarioOptions,
): Promise<{ scenario: Scenario; revision: string; config: string }> {
  const scenario = await createScenario(options);
  const revision = await scenario.commit("1");
  await scenario.push();
  for (const path of [scenario.folder, ...everything(scenario.folder)])
    if (!lstatSync(path).isSymbolicLink()) chownSync(path, SERVICE, SERVICE);
  const config = join(scenario.folder, "fraises.yaml");
  chownSync(config, 0, SERVICE);
  chmodSync(config, 0o640);
  return { scenario, revision, config };
}

const ofRoot = (folder: string): readonly string[] => everything(folder).filter((path) => lstatSync(path).uid === 0);

/** fraisier as a user who is neither root nor the service's. */
async function asStranger(group: number, config: string, ...args: readonly string[]): Promise<string> {
  const who = [`--reuid=${STRANGER}`, `--regid=${group}`, "--clear-groups"];
  try {
    await promisify(execFile)("setpriv", [...who, process.execPath, PROGRAM, ...args], {
      env: { ...process.env, FRAISIER_CONFIG: config, SCENARIO_SECRET: "x" },
      cwd: "/",
    });
    return "exit 0";
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return `exit ${code}\n${stderr}`;
  }
}

describe.runIf(process.getuid?.() === 0)("the acting user", () => {
  it("is the owner of the state folder where root asks, so that root leaves nothing behind and runs no code of a repository", async () => {
    const { scenario, config } = await ofTheService({ environment: "build: id -u > built-by" });
    scenario.with({ SUDO_USER: "ann" });
    expect(await scenario.fraisier("deploy", "shop", "production")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readFileSync(join(scenario.app, "current/built-by"), "utf8").trim()).toBe(String(SERVICE));
    const [deployment] = await scenario.store.deployments.history({ limit: 1 });
    expect(deployment).toMatchObject({ status: "succeeded", triggeredBy: `ann@${hostname()}` });

    // Only root may read this file: it is opened before root becomes the service's user.
    const variables = join(scenario.folder, "variables.env");
    writeFileSync(variables, "TOKEN=1\n", { mode: 0o600 });
    chownSync(variables, 0, 0);
    for (const args of [
      ["env", "import", "shop", variables, "--target", "production"],
      ["lock", "--all", "--reason", "maintenance"],
      ["status"],
    ])
      expect(await scenario.fraisier(...args)).toMatchObject({ exitCode: 0, stderr: "" });
    const tested = await scenario.fraisier("target", "test", "shop", "production");
    expect(tested.stdout).toContain("writable (user nobody)");

    // fraises.yaml stays root's, with its mode.
    const added = await scenario.fraisier("target", "update", "shop", "production", "--set", "build=true");
    expect(added).toMatchObject({ exitCode: 0, stderr: "" });
    expect(statSync(config)).toMatchObject({ uid: 0, gid: SERVICE, mode: 0o100640 });
    expect(ofRoot(scenario.folder)).toEqual([config, variables].toSorted());
  });

  it("is neither a stranger nor a member of the service's group: one sentence, a remedy, and exit 4", async () => {
    const { scenario, config } = await ofTheService({});
    chmodSync(scenario.folder, 0o750);
    const closed = `exit 4\nfraisier: this user may not read ${config}\nhint: Run it with sudo: sudo fraisier status\n`;
    expect(await asStranger(STRANGER, config, "status")).toBe(closed);
    const member = await asStranger(SERVICE, config, "status");
    expect(member).toBe(
      `exit 4\nfraisier uses ${config}\nfraisier: the store ${scenario.folder}/fraisier.db belongs to user nobody and is closed to you (${STRANGER})\nhint: Run it with sudo: sudo fraisier status\n`,
    );
    const set = await asStranger(SERVICE, config, "env", "set", "shop", "TOKEN", "s3cret", "--target", "production");
    expect(set).toMatch(/^exit 4\n/);
    expect(set).toContain("hint: Run it with sudo: sudo fraisier env …\n");
    expect(set).not.toContain("s3cret");
    const changed = await asStranger(SERVICE, config, "target", "update", "shop", "production", "--set", "build=true");
    expect(changed).toMatch(
      new RegExp(`^exit 4\\n(.*\\n)*fraisier: this user may not change ${config}\nhint: Run it with sudo`),
    );
    const imported = await asStranger(
      SERVICE,
      config,
      "env",
      "import",
      "shop",
      "/etc/shadow",
      "--target",
      "production",
    );
    expect(imported).toMatch(/^exit 4\n(.*\n)*fraisier: this user may not read \/etc\/shadow\n/);
    expect(ofRoot(scenario.folder)).toEqual([config]);
  });
});
