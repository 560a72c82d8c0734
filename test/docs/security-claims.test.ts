import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const lines = readFileSync("SECURITY.md", "utf8").split("\n");

describe("SECURITY.md", () => {
  it("names tests that are there", () => {
    const named = lines.flatMap((line) => [...line.matchAll(/`(test\/[^`]+)`/g)].map(([, path = ""]) => path));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("names a test for whatever somebody cannot do", () => {
    const claims = lines.filter((line) => line.startsWith("| cannot"));
    expect(claims.length).toBeGreaterThan(15);
    expect(claims.filter((line) => !line.includes(".test.ts"))).toEqual([]);
  });
});
