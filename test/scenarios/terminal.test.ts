import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { createScenario, PROGRAM } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { onTerminal } from "../helpers/terminal.ts";

/** The cursor is shown, and the screen is the one from before. */
const LEFT = "\u001b[?25h\u001b[?1049l";

/** Runs a command of fraisier on a terminal of its own, and types something once a text is on the screen. */
async function typed(
  scenario: Scenario,
  command: readonly string[],
  answers: Parameters<typeof onTerminal>[2] = [],
  more: Readonly<Record<string, string>> = {},
) {
  const env = {
    ...(process.env as Record<string, string>),
    FRAISIER_CONFIG: join(scenario.folder, "fraises.yaml"),
    SCENARIO_SECRET: "a secret",
    LC_ALL: "C.UTF-8",
    ...more,
  };
  return await onTerminal([process.execPath, PROGRAM, ...command], env, answers);
}

describe("deploying on a terminal", () => {
  it("waits by default, shows phases, and ends with how it went and what runs", async () => {
    const scenario = await createScenario({ environment: "build: 'echo compiled; sleep 0.5'" });
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first);

    const done = await typed(scenario, ["deploy", "shop"]);
    expect(done.screen).toMatch(/✔ building +\d.*\n?[\s\S]*succeeded\r?\ntook +\d/);
    expect(done.screen).toContain("% ");
    expect(done.screen).toMatch(new RegExp(`revision +${first.slice(0, 7)} \\(branch main\\)`));
    expect(done.screen).toContain(`address   ${scenario.serviceUrl}`);
    expect(done.exitCode, done.screen).toBe(0);

    const bad = await scenario.commit("2 broken");
    await scenario.git("push", "--quiet", "origin", "HEAD:refs/heads/other");
    const failed = await typed(scenario, ["deploy", "shop", "--revision", bad]);
    expect(failed.exitCode, failed.screen).toBe(1);
    expect(failed.screen).toMatch(/✖ health_check[\s\S]*rolled_back: not healthy/);
    expect(failed.screen).toMatch(new RegExp(`runs now +${first.slice(0, 7)}`));
    expect(failed.screen).toContain("fraisier resume shop production");

    // In a pipe a script has to ask for it, and reads whole lines without codes.
    const lines = await scenario.fraisier("deploy", "shop", "--revision", first, "--wait");
    expect(lines.exitCode).toBe(0);
    expect(stripVTControlCharacters(lines.stdout)).toBe(lines.stdout);
    expect(lines.stdout).toMatch(/^\d\d:\d\d:\d\d building$/m);
    expect(lines.stdout).not.toContain("compiled");
    const dumb = { FRAISIER_TEST_TERM: "dumb", NO_COLOR: "1" };
    const output = await typed(scenario, ["deploy", "shop", "--revision", first, "--log"], [], dumb);
    expect(output.raw).not.toContain("\u001b");
    expect(output.screen).toMatch(/^\d\d:\d\d:\d\d build compiled\r$/m);
  });

  it("says why it waits, and Ctrl-C leaves the deployment to the daemon", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const revision = await scenario.commit("1");
    await scenario.git("push", "--quiet", "origin", "HEAD:refs/heads/other");
    await scenario.fraisier("lock", "shop", "production", "--reason", "database move");
    const left = await typed(scenario, ["deploy", "shop", "--revision", revision], [["database move", "\u0003"]]);
    expect(left.exitCode, left.screen).toBe(130);
    expect(left.screen).toMatch(/waiting \d.*: \S+ locked shop\/production: database move/);
    expect(left.screen).toMatch(/deployment \w+ goes on\. .*fraisier cancel \w+ ends it/);
    expect((await scenario.store.deployments.history({ limit: 1 }))[0]).toMatchObject({ status: "queued" });
    const queued = await scenario.fraisier("deploy", "shop", "--revision", revision);
    expect(queued).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("fraisier logs -f") });
  });
});

describe("the board of targets", () => {
  it("shows targets, a deployment and its log on the whole terminal, follows what happens, and gives the terminal back", async () => {
    const scenario = await createScenario({ environment: "build: echo compiled" });
    const lock = (): void => void scenario.fraisier("lock", "shop", "production", "--reason", "database move");
    await scenario.commit("1");
    await scenario.push();
    expect((await scenario.fraisier("deploy", "shop")).exitCode).toBe(0);
    const { exitCode, screen, raw } = await typed(
      scenario,
      ["watch"],
      [
        ["active", "\r"],
        ["succeeded", "q"],
        ["fraisier watch", "l"],
        ["compiled", "\u001b[D"],
        ["fraisier watch", lock],
        ["database move", "q"],
      ],
    );
    expect(exitCode, screen).toBe(0);
    expect(raw).toContain("\u001b[?1049h");
    expect(raw.endsWith(LEFT), screen).toBe(true);
    const piped = scenario.fraisierStarts("watch");
    piped.child.stdout?.on("data", () => piped.child.kill());
    expect((await piped.ended).stdout).toMatch(
      /^\d\d:\d\d:\d\d shop\/production: active; locked by .*: database move\n$/,
    );
  });

  it("gives the terminal back when it is ended by a signal", async () => {
    const scenario = await createScenario();
    const env = { FRAISIER_CONFIG: join(scenario.folder, "fraises.yaml"), SCENARIO_SECRET: "a secret" };
    const command = ["sh", "-c", `echo "<$$>"; exec ${process.execPath} ${PROGRAM} watch`];
    const kill = (screen: string): void => void process.kill(Number(/<(\d+)>/.exec(screen)?.[1]), "SIGTERM");
    const { exitCode, raw } = await onTerminal(command, { ...(process.env as Record<string, string>), ...env }, [
      ["never deployed", kill],
    ]);
    expect(exitCode).toBe(143);
    expect(raw.endsWith(LEFT)).toBe(true);
  });
});
