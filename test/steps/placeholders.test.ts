import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { fillPlaceholders, filledForPeople, placeholderVariables } from "../../src/steps/placeholders.ts";

const HOSTILE = ["a b.sql", "$(id)", "`id`", "x'; id; '", 'x"; id; "', "a\nb", "*", "-rf", "grün 🍓.sql"];

describe("placeholders", () => {
  it("stand for the file, the folder it lies in, and its own name", () => {
    expect(placeholderVariables("functions/hello/index.ts")).toEqual({
      FRAISIER_FILE: "functions/hello/index.ts",
      FRAISIER_FUNCTION_NAME: "hello",
      FRAISIER_SERVICE_NAME: "index.ts",
    });
    expect(placeholderVariables("-x.sql")).toMatchObject({ FRAISIER_FILE: "./-x.sql", FRAISIER_FUNCTION_NAME: "" });
  });

  it.each(HOSTILE)("never become part of the shell's language: %j", (name) => {
    const variables = placeholderVariables(`dir/${name}`);
    const sh = (line: string): string =>
      execFileSync("/bin/sh", ["-c", fillPlaceholders(line, variables) as string], {
        env: { ...variables, PATH: "/bin:/usr/bin" },
        encoding: "utf8",
      });
    expect(sh("printf %s {file}")).toBe(`dir/${name}`);
    expect(sh("printf %s before-{service_name}-after")).toBe(`before-${name}-after`);
    // Where an operator quotes it all the same, or it stands within a command of the line, nothing is run either.
    expect(sh('printf %s "$(printf %s {file})"')).toBe(`dir/${name}`.replace(/\n$/, ""));
    expect(sh('IFS=; set -f; printf %s "{file}"')).toBe(`dir/${name}`);
    expect(sh("cat <<EOF\n{file}\nEOF")).toBe(`"dir/${name}"\n`);
    expect(fillPlaceholders(["cat", "--", "{file}"], variables)).toEqual(["cat", "--", `dir/${name}`]);
  });

  it("leave the shell's own braces alone", () => {
    expect(fillPlaceholders("echo ${HOME} {a,b} {print} {file}", {})).toBe(
      'echo ${HOME} {a,b} {print} "$FRAISIER_FILE"',
    );
    expect(filledForPeople("cat {file}", placeholderVariables("a b"))).toBe("cat 'a b'");
  });
});
