import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createProgram } from "../../src/cli/create-program.ts";

const FOLDER = join(import.meta.dirname, "../../contrib/ci");

/** Every command of fraisier in a document, wherever it stands. */
function commandsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.startsWith("fraisier ") ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(commandsIn) : [];
}

/** The words of a command line as a shell takes it apart. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "").slice(1);
}

describe.each(["github-actions.yml", "gitlab-ci.yml"])("contrib/ci/%s", (file) => {
  const text = readFileSync(join(FOLDER, file), "utf8");

  it("is YAML, and its commands are those of the command line", async () => {
    const commands = commandsIn(parse(text));
    const made = [...text.matchAll(/^# {3}(fraisier token create .*)$/gm)].map(([, command = ""]) => command);
    expect(made).toHaveLength(1);
    const waiting = commands.filter((each) => /^fraisier deploy \S+ --revision .* --wait\b/.test(each));
    expect(waiting).toHaveLength(1);
    for (const command of [...commands, ...made]) {
      const words = wordsOf(command);
      let understood: readonly string[] | undefined;
      const program = createProgram(words, async (_entry, args) => {
        understood = args;
        await Promise.resolve();
      });
      await program.parseAsync([...words], { from: "user" });
      expect(understood, command).toBeDefined();
    }
  });

  it("asks the server that the variables name", () => {
    const jobs = JSON.stringify(parse(text));
    // GitLab gives the variables of a project to every job.
    if (file === "github-actions.yml")
      for (const name of ["FRAISIER_URL", "FRAISIER_TOKEN"]) expect(jobs).toContain(`"${name}":`);
    for (const name of ["FRAISIER_URL", "FRAISIER_TOKEN"]) expect(text).toContain(name);
  });
});
