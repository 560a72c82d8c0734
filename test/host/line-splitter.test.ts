import { describe, expect, it } from "vitest";
import { CUT_AFTER } from "../../src/domain/cut.ts";
import { lineSplitter, MAX_LINE_LENGTH } from "../../src/host/line-splitter.ts";

function split(...chunks: readonly (string | Uint8Array)[]): string[] {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  splitter.end();
  return lines;
}

describe("lines of output", () => {
  it("come without their ends, empty ones too, an unfinished one at the end", () => {
    expect(split("a\r\n\nb\nc")).toEqual(["a", "", "b", "c"]);
    expect(split("a\n")).toEqual(["a"]);
    expect(split()).toEqual([]);
  });

  it("may be cut anywhere by chunks, within a character and within a line end", () => {
    const bytes = Buffer.from("grün 🍓\r\nend\n");
    for (let at = 0; at <= bytes.length; at++) {
      expect(split(bytes.subarray(0, at), bytes.subarray(at))).toEqual(["grün 🍓", "end"]);
    }
  });

  it("show bytes that are no UTF-8 as U+FFFD", () => {
    expect(split(Uint8Array.of(0x61, 0xff, 0x62, 0x0a, 0xc3))).toEqual(["a\uFFFDb", "\uFFFD"]);
  });

  it("are cut once they are too long, and the next line is whole again", () => {
    const long = "x".repeat(3 * MAX_LINE_LENGTH);
    const cut = "x".repeat(MAX_LINE_LENGTH) + CUT_AFTER;
    expect(split(long, long, "\nnext\n")).toEqual([cut, "next"]);
    expect(split(`${long}\nnext`)).toEqual([cut, "next"]);
    expect(split("x".repeat(MAX_LINE_LENGTH), "\n")).toEqual(["x".repeat(MAX_LINE_LENGTH)]);
  });
});
