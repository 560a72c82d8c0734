import { describe, expect, it } from "vitest";
import { sentence } from "../../bench/against.ts";
import { compare, FEWEST_ROUNDS } from "../../bench/compare.ts";
import { figure, metText } from "../../bench/figure.ts";

const wanted = { most: 150 };
const { figure: live } = figure("live", "fraisier adds", 281, { unit: " ms", wanted, boundBy: "the runner." });

describe("two revisions that were measured in turns", () => {
  it("differ if every round says so by more than a revision differs from itself", () => {
    const before = [280, 282, 279, 284, 281, 283];
    const after = [200, 203, 199, 202, 201, 204];
    expect(compare(before, after)).toMatchObject({ before: 282, after: 202, verdict: "less" });
    expect(compare(after, before).verdict).toBe("more");
  });

  it("do not differ if the same revision varies as much from round to round", () => {
    expect(compare([100, 160, 90, 170, 95, 150], [98, 150, 88, 160, 90, 140]).verdict).toBe("noise");
  });

  it("do not differ if the rounds disagree, if nothing changed, or if nobody would feel it", () => {
    expect(compare([100, 101, 100, 99, 100, 101], [120, 80, 121, 79, 118, 82]).verdict).toBe("noise");
    expect(compare([26, 26, 26, 26, 26, 26], [26, 26, 26, 26, 26, 26])).toMatchObject({
      ratio: 1,
      chance: 1,
      verdict: "noise",
    });
    expect(
      compare([1_000, 1_000, 1_000, 1_000, 1_000, 1_000], [1_004, 1_004, 1_004, 1_004, 1_004, 1_004]).verdict,
    ).toBe("noise");
  });

  it("differ in what is counted as soon as the count does", () => {
    expect(compare([26, 26, 26, 26, 26, 26], [10, 10, 10, 10, 10, 10])).toMatchObject({ noise: 0, verdict: "less" });
    expect(compare([0, 0, 0, 0, 0, 0], [3, 3, 3, 3, 3, 3]).verdict).toBe("more");
  });

  it("are hit alike by a machine that gets slower meanwhile", () => {
    const before = [100, 110, 120, 130, 140, 150, 160, 170];
    expect(
      compare(
        before,
        before.map((value) => value * 0.8),
      ),
    ).toMatchObject({ ratio: 0.8, verdict: "less" });
  });

  it("need so many rounds that chance is unlikely", () => {
    const few = Array.from({ length: FEWEST_ROUNDS - 1 }, () => 100);
    const enough = [...few, 100];
    expect(
      compare(
        few,
        few.map(() => 50),
      ).verdict,
    ).toBe("noise");
    expect(
      compare(
        enough,
        enough.map(() => 50),
      ).verdict,
    ).toBe("less");
  });

  it("are told of in a sentence that says whether it is better", () => {
    if (live === undefined) throw new Error("a figure is a figure");
    const rounds = { figure: live, measured: "fraisier adds" };
    const [slow, quick] = [
      [280, 282, 279, 284, 281, 283],
      [200, 203, 199, 202, 201, 204],
    ];
    expect(sentence(rounds, compare(slow ?? [], quick ?? []))).toMatch(
      /^fraisier adds: 282 ms before, 202 ms now: 28\.\d % less, which is better \(noise \d\.\d %, chance 3\.1 %\)$/,
    );
    expect(sentence(rounds, compare(quick ?? [], slow ?? []))).toContain("more, which is WORSE");
    expect(sentence(rounds, compare(slow ?? [], slow ?? []))).toContain("no difference beyond the noise (0.0 %");
  });
});

describe("a figure", () => {
  it("says by how much it missed what is wanted, never by nothing", () => {
    const met = (value: number, digits: number): string | undefined => {
      const { figure: made } = figure("x", "x", value, { unit: " ms", digits, wanted, boundBy: "" });
      return made && metText(made);
    };
    expect([met(150, 0), met(150.2, 0), met(151, 0), met(281, 0)]).toEqual([
      "yes",
      "missed by 0.20 ms",
      "missed by 1 ms",
      "missed by 131 ms",
    ]);
  });
});
