import { describe, expect, it } from "vitest";
import { harmless, harmlessJson } from "../../src/domain/harmless.ts";
import { createPrint } from "../../src/cli/print/print.ts";

const HOSTILE: readonly (readonly [string, string])[] = [
  ["a colour", "a\u001b[31mb"],
  ["a title of the window", "a\u001b]0;title\u0007b"],
  ["a cursor that goes up", "a\u001b[1Ab"],
  ["a C1 control", "a\u009b31mb"],
  ["a carriage return", "a\rb"],
  ["a backspace", "a\bb"],
  ["a right-to-left override", "a\u202eb"],
  ["an isolate", "a\u2066b"],
  ["a zero-width space", "a\u200bb"],
  ["a zero-width joiner", "a\u200db"],
  ["a word joiner", "a\u2060b"],
  ["a byte order mark", "a\ufeffb"],
  ["a soft hyphen", "a\u00adb"],
  ["a tag character", "a\u{e0041}b"],
  ["a filler", "a\u3164b"],
  ["a line separator", "a\u2028b"],
  ["half of a pair", "a\ud800b"],
];
const STEERS = new RegExp(
  String.raw`[\0-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u3164\u{e0000}-\u{e007f}]`,
  "u",
);

/** What print.ts writes itself; a stranger may at most colour the own text, if the caller forgot to make it harmless. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const OWN_STYLES = /\u001b\[(?:[12]|22|3[1236]|39)m/g;

/** What is printed by `act` to a terminal, or to a pipe. */
function printed(isTerminal: boolean, act: (print: ReturnType<typeof createPrint>) => void, isJson = false): string {
  let text = "";
  act(createPrint({ isJson, times: "relative" }, { columns: 80, isTTY: isTerminal, write: (more) => (text += more) }));
  return text;
}

describe("text of strangers", () => {
  it.each(HOSTILE)("loses %s, wherever it is printed", (_, hostile) => {
    expect(harmless(hostile)).toMatch(/^a ?b$/);
    for (const isTerminal of [true, false]) {
      for (const text of [
        printed(isTerminal, (print) => print.line(hostile)).replaceAll(OWN_STYLES, ""),
        printed(isTerminal, (print) => print.table([hostile], [[hostile]])).replaceAll(OWN_STYLES, ""),
        printed(isTerminal, (print) => print.facts([[hostile, hostile]])).replaceAll(OWN_STYLES, ""),
      ])
        expect(text).not.toMatch(STEERS);
    }
  });

  it.each(HOSTILE)("keeps %s in JSON as an escape, so that the value is the same", (_, hostile) => {
    const text = printed(true, (print) => print.json({ hostile }), true);
    expect(text).not.toMatch(STEERS);
    expect(JSON.parse(text)).toEqual({ hostile });
  });

  it("keeps lines, tabs, letters of all languages, and emoji that are joined from several", () => {
    const text = "فارسی naïve 日本語 👩‍💻 👩🏽‍🚀 ❤️‍🔥\tend";
    expect(harmless(text)).toBe(text);
    expect(harmlessJson(JSON.stringify(text))).toBe(JSON.stringify(text));
    expect(printed(false, (print) => print.line("one\ntwo"))).toBe("one\ntwo\n");
  });

  it("lets our own styles through to a terminal, and no other", () => {
    const text = printed(true, (print) => print.line(`${print.style("bold", "ok")} \u001b[8mhidden\u001b[0m`));
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(text.replaceAll(/\u001b\[(?:1|22)m/g, "")).toBe("ok hidden\n");
  });
});
