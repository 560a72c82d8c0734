import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { bashCompletion } from "../../src/cli/completions/bash.ts";
import { describeCommands } from "../../src/cli/completions/described-command.ts";
import { fishCompletion } from "../../src/cli/completions/fish.ts";
import { zshCompletion } from "../../src/cli/completions/zsh.ts";
import { createScenario, PROGRAM } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const tree = describeCommands(COMMANDS);

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `fraisier() { ${process.execPath} ${PROGRAM} "$@"; }
${bashCompletion(tree)}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_fraisier
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const answer = execFileSync("/bin/bash", ["-c", script, "bash", "fraisier", ...words], { encoding: "utf8" });
  return answer.split("\n").filter((each) => each !== "");
}

describe("completion in bash", () => {
  it("offers every command that people run, and no hidden one", () => {
    expect(offered("")).toEqual(
      expect.arrayContaining(["deploy", "trigger-deploy", "status", "completions", "--version"]),
    );
    expect(offered("r")).toEqual(["rollback", "resume", "release", "route", "repair", "reload"]);
  });

  it("offers the verbs of a noun and the fixed words of a command, once", () => {
    expect(offered("config", "")).toEqual(["validate", "diff", "schema", "show"]);
    expect(offered("migration", "a")).toEqual(["apply"]);
    expect(offered("migration", "history", "shop", "")).toEqual([]);
    expect(offered("completions", "")).toEqual(["bash", "zsh", "fish"]);
    expect(offered("completions", "bash", "")).toEqual([]);
  });

  it("offers the options of a command, and nothing where a value is expected", () => {
    expect(offered("history", "--")).toEqual([
      "--job",
      "--limit",
      "--status",
      "--before",
      "--since",
      "--config",
      "--context",
      "--json",
      "--absolute",
      "--utc",
      "--help",
    ]);
    expect(offered("webhooks", "--d")).toEqual(["--decision"]);
    expect(offered("target", "update", "--uns")).toEqual(["--unset"]);
    expect(offered("target", "add", "--uns")).toEqual([]);
    expect(offered("history", "--limit", "")).toEqual([]);
    expect(offered("nonsense", "--")).toEqual([]);
    expect(offered("history", "--status", "s")).toEqual(["succeeded", "superseded", "skipped"]);
    expect(offered("webhooks", "--decision", "re")).toEqual(["redelivery", "refused"]);
  });

  it("offers the servers that the person logged in to", () => {
    const contexts = join(temporaryFolder(), "contexts.json");
    const server = { url: "https://deploy.example.com", token: "frz_secret" };
    writeFileSync(
      contexts,
      JSON.stringify({ current: "production", servers: { production: server, staging: server } }),
      {
        mode: 0o600,
      },
    );
    vi.stubEnv("FRAISIER_CONTEXTS", contexts);
    onTestFinished(() => void vi.unstubAllEnvs());
    const all = ["host", "production", "staging"];
    expect(offered("status", "--context", "")).toEqual(all);
    expect(offered("--context", "st")).toEqual(["staging"]);
    expect(offered("context", "use", "")).toEqual(all);
    expect(offered("context", "use", "host", "")).toEqual([]);
    expect(offered("logout", "pro")).toEqual(["production"]);
    expect(offered("login", "--name", "s")).toEqual(["staging"]);
    vi.stubEnv("FRAISIER_CONTEXTS", "/nowhere/contexts.json");
    expect(offered("logout", "")).toEqual(["host"]);
  });

  it("offers the targets of fraises.yaml where a command takes one", async () => {
    const { folder } = await createScenario();
    vi.stubEnv("FRAISIER_CONFIG", join(folder, "fraises.yaml"));
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const words of [["status"], ["deploy"], ["logs"], ["why"], ["env", "set"]])
      expect(offered(...words, "")).toEqual(["shop/production"]);
    expect(offered("deploy", "--ref", "main", "shop/p")).toEqual(["shop/production"]);
    expect(offered("target", "add", "")).toEqual([]);
    vi.stubEnv("FRAISIER_CONFIG", "/nowhere/fraises.yaml");
    expect(offered("status", "")).toEqual([]);
  });

  it("offers files where an option takes one", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "push.json"), "{}");
    expect(offered("route", "--event", join(folder, "pu"))).toEqual([join(folder, "push.json")]);
  });
});

describe.each([
  { shell: "zsh", check: ["-n"], script: zshCompletion(tree) },
  { shell: "fish", check: ["--no-execute"], script: fishCompletion(tree) },
])("completion in $shell", ({ shell, check, script }) => {
  it("names every command and every option", () => {
    for (const { names, options } of tree.commands) {
      for (const name of names) expect(script).toContain(name);
      for (const { long } of options) expect(script).toMatch(new RegExp(`(?:--|-l )${long.slice(2)}\\b`));
    }
  });

  it.skipIf(!existsSync(`/usr/bin/${shell}`))("is a script that it can read", () => {
    const file = join(temporaryFolder(), "script");
    writeFileSync(file, script);
    expect(execFileSync(shell, [...check, file], { encoding: "utf8" })).toBe("");
  });
});

it.skipIf(!existsSync("/usr/bin/fish"))("completion in fish offers what fits, with what it is for", () => {
  const script = join(temporaryFolder(), "fraisier.fish");
  writeFileSync(script, fishCompletion(tree));
  const ask = (line: string): readonly string[] =>
    execFileSync(
      "fish",
      [
        "--no-config",
        "-c",
        `function fraisier; ${process.execPath} ${PROGRAM} $argv; end; source ${script}; complete -C '${line}'`,
      ],
      {
        encoding: "utf8",
        env: { ...process.env, FRAISIER_CONTEXTS: "/nowhere/contexts.json" },
      },
    )
      .trimEnd()
      .split("\n");
  expect(ask("fraisier rol")).toEqual(["rollback\tgo back to what ran before, and hold what runs now"]);
  expect(ask("fraisier migration st").map((each) => each.split("\t")[0])).toEqual(["status"]);
  expect(ask("fraisier history --lim")).toEqual(["--limit\thow many"]);
  expect(ask("fraisier status --context ").map((each) => each.split("\t")[0])).toEqual(["host"]);
  expect(ask("fraisier logout ").map((each) => each.split("\t")[0])).toEqual(["host"]);
});
