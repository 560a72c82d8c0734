import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunnableCommand } from "../../src/cli/command-entry.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { createProgram } from "../../src/cli/create-program.ts";
import { verbFirst } from "../../src/cli/verb-first.ts";

const PROGRAM = process.env["FRAISIER_TEST_PROGRAM"] ?? join(import.meta.dirname, "../../src/main.ts");

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function fraisier(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const runnable: readonly (readonly [string, RunnableCommand])[] = COMMANDS.flatMap(
  (entry): readonly (readonly [string, RunnableCommand])[] =>
    "verbs" in entry
      ? entry.verbs.map((verb) => [`${entry.usage} ${verb.usage}`, verb] as const)
      : [[entry.usage, entry] as const],
).filter(([, { isHidden }]) => isHidden !== true);

/** The words of a command line without quotes, redirections and sudo. */
function words(line: string): readonly string[] {
  const all = [...line.replace(/ > .*/, "").matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? "",
  );
  return all.slice(all.indexOf("fraisier") + 1);
}

describe("the commands", () => {
  it("have a summary and an example each, and every example is a command line that is understood", async () => {
    expect(runnable.length).toBeGreaterThan(55);
    for (const [usage, entry] of runnable) {
      expect(entry.examples, usage).not.toEqual([]);
      for (const example of entry.examples) {
        const argv = words(example);
        let done: RunnableCommand | undefined;
        const program = createProgram(argv, async (command) => {
          done = command;
        });
        await program.parseAsync([...argv], { from: "user" });
        expect(done, example).toBe(entry);
      }
    }
  });

  it("build only the command that is typed, so that a process starts quickly", () => {
    const names = (...argv: readonly string[]): readonly string[] =>
      createProgram(argv, async () => {}).commands.map((each) => each.name());
    expect(names("status", "--json")).toEqual(["status"]);
    expect(names("--config", "deploy", "target", "add")).toEqual(["target"]);
    expect(names("release", "shop")).toEqual(["resume"]);
    expect(names("nonsense").length).toBeGreaterThan(25);
  });

  it("take an option that an older fraisier let stand before the verb", () => {
    expect(verbFirst(["migration", "--limit", "5", "history", "shop"])).toEqual([
      "migration",
      "history",
      "--limit",
      "5",
      "shop",
    ]);
    expect(verbFirst(["webhooks", "--limit", "5"])).toEqual(["webhooks", "--limit", "5"]);
    expect(verbFirst(["deploy", "--wait", "shop"])).toEqual(["deploy", "--wait", "shop"]);
  });
});

describe("fraisier", () => {
  it("shows the options and an example of a subcommand, and not those of its siblings", async () => {
    const [add, helped] = await Promise.all([fraisier("target", "add", "--help"), fraisier("help", "target", "add")]);
    expect(add).toMatchObject({ exitCode: 0, stderr: "" });
    expect(add.stdout).toMatch(
      /--branch <name>[\s\S]*--set <key\.path=value>[\s\S]*--json[\s\S]*Example:\n {2}sudo fraisier target add/,
    );
    expect(add.stdout).not.toMatch(/--unset|--yes|--job/);
    expect(helped.stdout).toBe(add.stdout);
  });

  it("refuses an option of a sibling, and names the sibling", async () => {
    const { exitCode, stderr, stdout } = await fraisier("target", "add", "shop/production", "--unset", "build");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("unknown option '--unset'");
    expect(stderr).toContain("--unset belongs to target update. fraisier target add --help says what there is.");
  });

  it("says its version and what there is, in lines of at most 80 letters", async () => {
    const [version, help, bare, noun] = await Promise.all([
      fraisier("--version"),
      fraisier("--help"),
      fraisier(),
      fraisier("env"),
    ]);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    expect(bare.stdout).toBe(help.stdout);
    const lines = help.stdout.split("\nExit codes:")[0]?.split("\n") ?? [];
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    // A noun without its verb is a mistake, and its help says which verbs there are.
    expect(noun.exitCode).toBe(2);
    expect(noun.stderr).toContain("rotate-key");
  });

  it("suggests the nearest command, verb and value, and says mistakes as JSON if asked", async () => {
    const [command, verb, value, json] = await Promise.all([
      fraisier("dploy", "shop"),
      fraisier("target", "ad", "shop"),
      fraisier("history", "--status", "suceeded"),
      fraisier("deploy", "--json"),
    ]);
    expect(command).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Did you mean deploy?") });
    expect(verb).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Did you mean add?") });
    expect(value).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Did you mean succeeded?") });
    expect(JSON.parse(json.stderr)).toEqual({
      error: {
        code: "usage",
        message: "missing required argument 'target'",
        hint: "fraisier deploy --help says what there is.",
      },
    });
  });
});
