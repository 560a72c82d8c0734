import { describe, expect, it } from "vitest";
import { promotionProblem } from "../../src/domain/promotion.ts";
import type { Standing } from "../../src/domain/promotion.ts";
import { revision } from "../helpers/store.ts";

const NOW = new Date("2026-01-02T12:00:00Z");
const HOUR = 3_600_000;
const A = revision("a");
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR);

function problem(standing: Partial<Standing>, verified = true, within: number | undefined = 24 * HOUR) {
  return promotionProblem(
    { environment: "development", verified, within },
    { revision: A, since: ago(1), verification: { status: "passed", at: ago(1) }, ...standing },
    A,
    NOW,
  );
}

describe("the conditions of a promotion that a revision does not meet", () => {
  it("is nothing where it runs and was verified in time", () => {
    expect(problem({})).toBeUndefined();
    expect(problem({ since: ago(1000) })).toBeUndefined();
    expect(problem({ verification: undefined }, false)).toBeUndefined();
  });

  it.each<[string, Partial<Standing>, boolean, string]>([
    ["another one runs there", { revision: revision("b") }, true, "development runs bbbbbbb, not aaaaaaa"],
    ["nothing runs there", { revision: undefined }, false, "development runs nothing, not aaaaaaa"],
    ["it was never verified", { verification: undefined }, true, "aaaaaaa was never verified in development"],
    [
      "its verification failed",
      { verification: { status: "failed", at: ago(0) } },
      true,
      "the last verification of aaaaaaa in development failed",
    ],
    [
      "its verification warned",
      { verification: { status: "warned", at: ago(0) } },
      true,
      "the last verification of aaaaaaa in development ended with a warning",
    ],
    [
      "its verification is old",
      { verification: { status: "passed", at: ago(30.5) } },
      true,
      "aaaaaaa was verified in development 30 h ago, more than 24 h",
    ],
    ["it went live long ago", { since: ago(200) }, false, "aaaaaaa went live in development 8 d ago, more than 24 h"],
  ])("is said where %s", (_, standing, verified, expected) => {
    expect(problem(standing, verified)).toBe(expected);
  });
});
