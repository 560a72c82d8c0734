import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../helpers/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The lines that the script prints for reports of these names. */
function printed(reports: Readonly<Record<string, unknown>>): string {
  const folder = temporaryFolder();
  const paths = Object.entries(reports).map(([name, report]) => {
    const path = join(folder, `${name}.json`);
    if (report !== undefined) writeFileSync(path, typeof report === "string" ? report : JSON.stringify(report));
    return path;
  });
  return execFileSync(process.execPath, ["scripts/test-report.ts", ...paths], { cwd: ROOT, encoding: "utf8" });
}

const file = (name: string, seconds: number, more: Readonly<Record<string, unknown>> = {}) => ({
  name: join(ROOT, name),
  status: "passed",
  message: "",
  startTime: 0,
  endTime: seconds * 1000,
  assertionResults: [{ fullName: "a rule holds", status: "passed", failureMessages: [] }],
  ...more,
});

it("names the slowest test files of all suites, and says nothing of failures if there are none", () => {
  const text = printed({ one: { testResults: [file("test/a.test.ts", 3)] }, two: { testResults: [file("b", 7)] } });
  expect(text).toBe("\nthe slowest of 2 test files:\n     7 s  b\n     3 s  test/a.test.ts\n");
});

it("ends with each failed test of each suite, its file and the beginning of its message", () => {
  const message = `AssertionError: \u001b[31mexpected 1\u001b[0m to be 2\n    at /x/node_modules/chai/y.js:1\n${"more\n".repeat(50)}`;
  const failed = { fullName: "a push goes live", status: "failed", failureMessages: [message] };
  const text = printed({
    vitest: { testResults: [file("test/a.test.ts", 3, { status: "failed", assertionResults: [failed] })] },
    systemd: { testResults: [file("test/b.test.ts", 1)] },
  });
  const end = text.slice(text.indexOf("failed:"));
  expect(end.split("\n").slice(0, 4)).toEqual([
    "failed:",
    "  FAILED test/a.test.ts: a push goes live",
    "    AssertionError: expected 1 to be 2",
    "    more",
  ]);
  expect(end.split("\n").length).toBeLessThan(12);
});

it("names a file that could not be run, and a suite that left no report or half of one", () => {
  const broken = file("test/c.test.ts", 0, {
    status: "failed",
    message: "Cannot find module x",
    assertionResults: [],
  });
  const text = printed({ vitest: { testResults: [broken] }, systemd: undefined, docs: '{"testResults": [' });
  expect(text).toContain("FAILED test/c.test.ts\n    Cannot find module x\n");
  expect(text).toContain("FAILED suite systemd\n    vitest ended without writing its report\n");
  expect(text).toMatch(/FAILED suite docs\n {4}SyntaxError/);
});
