import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

const lines = readFileSync("SECURITY.md", "utf8").split("\n");
/** Lines of the tables that say what somebody can or cannot do. */
const claims = lines.filter((line) => /^\| (can|cannot|has) /.test(line));
const testsIn = (line: string): readonly string[] =>
  [...line.matchAll(/`(test\/[^`]+)`/g)].map(([, path = ""]) => path);

describe("SECURITY.md", () => {
  it("names tests that are there", () => {
    const named = lines.flatMap(testsIn);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
    const empty = named.filter((path) => !/^\s*it(\.each|\.skipIf)?\(/m.test(readFileSync(path, "utf8")));
    expect(empty).toEqual([]);
  });

  it("names a test for everything that somebody can or cannot do", () => {
    expect(claims.length).toBeGreaterThan(25);
    expect(claims.filter((line) => !testsIn(line).some((path) => path.endsWith(".test.ts")))).toEqual([]);
  });

  it("names every file of the attack suite", () => {
    const named = new Set(lines.flatMap(testsIn));
    const suite = readdirSync("test/security").filter((name) => name.endsWith(".test.ts"));
    expect(suite.filter((name) => !named.has(`test/security/${name}`))).toEqual([]);
  });
});
