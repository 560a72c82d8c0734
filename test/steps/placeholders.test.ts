import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { misusedPlaceholder } from "../../src/steps/group/misused-placeholder.ts";
import { fillPlaceholders, filledForPeople, placeholderVariables } from "../../src/steps/group/placeholders.ts";

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
    // Where it stands within a command of the line, nothing is run either.
    expect(sh('printf %s "$(printf %s {file})"')).toBe(`dir/${name}`.replace(/\n$/, ""));
    expect(sh("sh -c 'printf %s {file}'")).toBe(`dir/${name}`);
    expect(sh("# don't\nprintf %s {file}")).toBe(`dir/${name}`);
    expect(sh("cat <<EOF\n{file}\nEOF")).toBe(`"dir/${name}"\n`);
    expect(fillPlaceholders(["cat", "--", "{file}"], variables)).toEqual(["cat", "--", `dir/${name}`]);
  });

  it.each([
    ['psql -f "{file}"', "double quotes"],
    ['bash -c "echo deploying {file}"', "double quotes"],
    ['x=1 # it"s\necho "$(cat {file}) {service_name}"', "{service_name} stands in double quotes"],
    ['echo "\\"{file}"', "double quotes"],
    [["/bin/bash", "-ec", "cat {file}"], "read as shell"],
    [["env", "X=1", "sh", "-c", "cat {file}"], "read as shell"],
    [["bash", "-euo", "pipefail", "-c", "cat {file}"], "read as shell"],
    [["sh", "-e", "-c", "cat {file}"], "read as shell"],
    [["bash", "-ce", "cat {file}"], "read as shell"],
    [["bash", "-c", "--", "cat {file}"], "read as shell"],
    [["bash", "-co", "pipefail", "cat {file}"], "read as shell"],
    [["su", "postgres", "-c", "psql -f {file}"], "read as shell"],
  ])("are refused where a name would be read as shell or torn apart: %j", (command, complaint) => {
    expect(misusedPlaceholder(command)).toContain(complaint);
  });

  it.each([
    "psql $DATABASE_URL -f {file}",
    'echo "a" {file} "b"',
    'echo "$(cat {file})" `cat {file}`',
    "sh -c 'cat {file}'",
    'echo "it\'s" {file} # "quoted',
    'echo \\" {file}',
    'echo "${A}{print}" (a) {file}',
    ["sh", "-c", 'cat "$1"', "sh", "{file}"],
    ["bash", "-euo", "pipefail", "-c", 'cat "$1"', "sh", "{file}"],
    ["bash", "deploy.sh", "-c", "{file}"],
    ["sh", "{file}"],
    ["systemctl", "restart", "{service_name}"],
  ])("are left where they stand well: %j", (command) => {
    expect(misusedPlaceholder(command)).toBeUndefined();
  });

  it("leave the shell's own braces alone", () => {
    expect(fillPlaceholders("echo ${HOME} {a,b} {print} {file}", {})).toBe(
      'echo ${HOME} {a,b} {print} "$FRAISIER_FILE"',
    );
    expect(filledForPeople("cat {file}", placeholderVariables("a b"))).toBe("cat 'a b'");
  });
});
