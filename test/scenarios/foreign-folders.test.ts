import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

const NOBODY = 65_534;
const ATTACKER = join(import.meta.dirname, "../helpers/swapping-attacker.py");
const SWAPS = 10_000;

async function deploy(scenario: Scenario, version: string) {
  const revision = await scenario.commit(version);
  await scenario.push();
  return await scenario.settled(revision);
}

/** Everything below a folder with its owner, mode and content. */
function picture(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const { uid, mode, size, mtimeMs } = lstatSync(join(folder, name));
      return `${name} ${uid} ${mode.toString(8)} ${size} ${mtimeMs}`;
    });
}

describe.skipIf(process.getuid?.() !== 0)("a fraisier that runs as root", () => {
  it("does everything below the app_path of another user as that user", async () => {
    const scenario = await createScenario({
      environment: "build: id -u > built-by\nshared: [uploads]\nkeep_releases: 1",
    });
    chownSync(scenario.app, NOBODY, NOBODY);
    await scenario.start();
    expect(await deploy(scenario, "1")).toMatchObject({ status: "succeeded" });
    expect(await deploy(scenario, "2")).toMatchObject({ status: "succeeded" });
    const { id } = await deploy(scenario, "3");
    expect(readFileSync(join(scenario.app, "current/built-by"), "utf8")).toBe(`${NOBODY}\n`);
    const others = readdirSync(scenario.app, { recursive: true, encoding: "utf8" }).filter(
      (name) => lstatSync(join(scenario.app, name)).uid !== NOBODY,
    );
    // The script that starts the service writes its own files as root.
    expect(others.filter((name) => /^(releases|shared|current)/.test(name) && !/pid|log$/.test(name))).toEqual([]);
    expect(readdirSync(join(scenario.app, "releases"))).toContain(id);
    expect(readdirSync(join(scenario.app, "releases")).length).toBeLessThanOrEqual(2);
  });

  it("gives the releases of a target with a user to that user, who builds there", async () => {
    const scenario = await createScenario({
      environment: "user: nobody\nbuild: touch built uploads/built\nshared: [uploads]",
    });
    await scenario.start();
    expect(await deploy(scenario, "1")).toMatchObject({ status: "succeeded" });
    expect(statSync(scenario.app).uid).toBe(0);
    for (const path of ["releases", "current/", "current/VERSION", "current/built", "shared/uploads/built"])
      expect(`${path} ${statSync(join(scenario.app, path)).uid}`).toBe(`${path} ${NOBODY}`);
  });

  it(`neither writes nor removes anything elsewhere while the owner of the app_path swaps its folders for links, ${SWAPS} times`, async () => {
    const scenario = await createScenario({ environment: "keep_releases: 1\nshared: [uploads]" });
    const victim = join(scenario.folder, "victim");
    for (const name of ["1m7zkkw128rfz", "1m7zkkw128rfz.unfinished", "uploads"]) {
      mkdirSync(join(victim, name), { recursive: true });
      writeFileSync(join(victim, name, "precious"), "root's");
    }
    chmodSync(victim, 0o755);
    chownSync(scenario.app, NOBODY, NOBODY);
    const before = picture(victim);
    await scenario.start();
    expect(await deploy(scenario, "0")).toMatchObject({ status: "succeeded" });
    const attacker = spawn("python3", [ATTACKER, String(NOBODY), scenario.app, victim], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => attacker.once("exit", resolve));
    let printed = "";
    attacker.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const statuses: string[] = [];
    for (const version of ["1", "2", "3", "4"]) statuses.push((await deploy(scenario, version)).status);
    attacker.stdin.end("\n");
    await ended;
    expect(Number(printed)).toBeGreaterThan(SWAPS);
    expect(picture(victim)).toEqual(before);
    expect(statuses).toHaveLength(4);
    expect(await deploy(scenario, "5")).toMatchObject({ status: "succeeded" });
    expect(picture(victim)).toEqual(before);
  });

  it("moves the checkout of another user as that user, and runs none of the programs that it names", async () => {
    const scenario = await createScenario({ layout: "in_place", environment: "build: id -u > built-by" });
    await scenario.commit("0");
    await scenario.git("push", "--quiet", "origin", "main:refs/heads/elsewhere");
    await scenario.git("clone", "--quiet", "--branch", "elsewhere", scenario.bare, scenario.app);
    const ran = join(scenario.folder, "ran");
    await scenario.git("-C", scenario.app, "config", "core.fsmonitor", `touch ${ran}; false`);
    execFileSync("chown", ["-R", String(NOBODY), scenario.app]);
    // git compares the owner of each file with what it remembers.
    execFileSync("setpriv", [
      `--reuid=${NOBODY}`,
      "--clear-groups",
      "git",
      "-c",
      "core.fsmonitor=false",
      "-C",
      scenario.app,
      "update-index",
      "--refresh",
    ]);
    await scenario.start();
    expect(await deploy(scenario, "1")).toMatchObject({ status: "succeeded" });
    expect(readFileSync(join(scenario.app, "built-by"), "utf8")).toBe(`${NOBODY}\n`);
    for (const path of ["VERSION", ".git/index", ".git/HEAD"])
      expect(`${path} ${statSync(join(scenario.app, path)).uid}`).toBe(`${path} ${NOBODY}`);
    expect(readdirSync(scenario.folder)).not.toContain("ran");
  });
});
