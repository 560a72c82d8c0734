import { describe, expect, it } from "vitest";
import { readDotenv } from "../../src/cli/variables/read-dotenv.ts";
import { UsageError } from "../../src/domain/errors.ts";

describe("a dotenv file", () => {
  it("has comments, quotes, export and values of several lines", () => {
    const text = `\uFEFF# a comment
export A=1
B="a
b" # said once
C='x # y' # z
D=q # c
E="a\\nb"
F=

  G = 5\u0020
H='$A'\r
I=a"b"
J=\`x"y'\`
K= # none
A=again`;
    expect(Object.fromEntries(readDotenv(text, "shop.env"))).toEqual({
      A: "again",
      B: "a\nb",
      C: "x # y",
      D: "q",
      E: "a\nb",
      F: "",
      G: "5",
      H: "$A",
      I: 'a"b"',
      J: `x"y'`,
      K: "",
    });
  });

  it.each([
    ["A=1\ngarbage", "shop.env:2: this is no NAME=value"],
    ['A="1\nB=2', "shop.env:1: this is no NAME=value"],
    ['A=1\n\nB="a\\"b"', "shop.env:3: this is no NAME=value"],
    ["A=pass#word", "shop.env:1: a # within a value"],
    ["A=1\nB.C=2", '"B.C" cannot be the name'],
    ["FRAISIER_A=1", "fraisier's own"],
    ["A='x\0y'", "NUL"],
    [`A=${"x".repeat(33_000)}`, "has 33000 bytes"],
    ["# nothing", "has no variables"],
    ["", "has no variables"],
  ])("is refused whole for %#", (text, message) => {
    expect(() => readDotenv(text, "shop.env")).toThrow(UsageError);
    expect(() => readDotenv(text, "shop.env")).toThrow(message);
    expect(() => readDotenv(text, "shop.env")).not.toThrow("pass#");
  });
});
