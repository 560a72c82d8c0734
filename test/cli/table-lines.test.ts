import { stripVTControlCharacters } from "node:util";
import { array, assert, constantFrom, integer, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { createPrint } from "../../src/cli/print/print.ts";
import { tableLayout, tableLines } from "../../src/cli/print/table-lines.ts";
import { width } from "../../src/cli/print/text-width.ts";

const COLUMNS = ["ID", { title: "REVISION", leaves: 2 }, "STATUS", { title: "BY", leaves: 1 }, "WHY"];
const WHY = "the service answered 500 at /health after the restart, and its log ends with a stack";
const ROWS = [
  ["1m8132a84ccjq", "c100000 main", "rolled_back", "ann.anderson@example.com", WHY],
  ["1m8132a84ccjr", "c100001 main", "succeeded", "ben", ""],
];

function text(room: number): string {
  const { head, rows, missing } = tableLines(COLUMNS, ROWS, room);
  return [head, ...rows.flat(), `missing: ${missing.join(" ")}`].join("\n");
}

describe("a table", () => {
  it("has a line for each row in a pipe, however long", () => {
    expect(text(Infinity)).toBe(
      [
        "ID             REVISION      STATUS       BY                        WHY",
        `1m8132a84ccjq  c100000 main  rolled_back  ann.anderson@example.com  ${WHY}`,
        "1m8132a84ccjr  c100001 main  succeeded    ben",
        "missing: ",
      ].join("\n"),
    );
  });

  it("breaks its last column at spaces beside the others if there is room", () => {
    expect(text(110)).toBe(
      [
        "ID             REVISION      STATUS       BY                        WHY",
        "1m8132a84ccjq  c100000 main  rolled_back  ann.anderson@example.com  the service answered 500 at /health after",
        "                                                                    the restart, and its log ends with a stack",
        "1m8132a84ccjr  c100001 main  succeeded    ben",
        "missing: ",
      ].join("\n"),
    );
  });

  it("puts the sentence below its row, and leaves out columns in their order, on a narrow terminal", () => {
    expect(text(60)).toBe(
      [
        "ID             REVISION      STATUS",
        "1m8132a84ccjq  c100000 main  rolled_back",
        "    WHY: the service answered 500 at /health after the",
        "         restart, and its log ends with a stack",
        "1m8132a84ccjr  c100001 main  succeeded",
        "missing: BY",
      ].join("\n"),
    );
    expect(text(30)).toContain("missing: REVISION BY");
  });

  it("breaks each column of sentences before a column leaves", () => {
    const columns = ["TARGET", { title: "RUNS", leaves: 1 }, { title: "NOW", isSentence: true }, "LAST"];
    const now = "on hold: not healthy after 3.0 s, /health answers 500, not 200";
    const { head, rows, missing } = tableLines(columns, [["shop/production", "c100000 main", now, "rolled_back"]], 62);
    expect([head, ...rows.flat(), ...missing]).toEqual([
      "TARGET           RUNS          NOW",
      "shop/production  c100000 main  on hold: not healthy after 3.0",
      "                               s, /health answers 500, not 200",
      "    LAST: rolled_back",
    ]);
  });

  it("keeps the colour of a broken cell in each of its lines", () => {
    const { rows } = tableLines(["A", "B"], [["x", "\u001b[31mone two three\u001b[39m"]], 12);
    expect(rows).toEqual([
      ["x", "    B: \u001b[31mone\u001b[39m", "       \u001b[31mtwo\u001b[39m", "       \u001b[31mthree\u001b[39m"],
    ]);
  });

  it("never cuts a word of a column that stays, and fits from 60 columns on", () => {
    const word = string({ minLength: 1, maxLength: 14, unit: constantFrom("a", "b", "é", "🚀") });
    const row = array(word, { minLength: 5, maxLength: 5 }).chain((cells) =>
      array(word, { maxLength: 40 }).map((words) => [...cells.slice(0, 4), words.join(" ")]),
    );
    assert(
      property(array(row, { minLength: 1, maxLength: 5 }), integer({ min: 60, max: 200 }), (rows, room) => {
        const table = tableLines(COLUMNS, rows, room);
        for (const [index, lines] of table.rows.entries()) {
          for (const line of lines) expect(width(line)).toBeLessThanOrEqual(room);
          const shown = lines.join(" ").split(/\s+/);
          const stays = COLUMNS.flatMap((column, at) =>
            table.missing.includes(typeof column === "string" ? column : column.title) ? [] : [rows[index]?.[at] ?? ""],
          );
          for (const each of stays.join(" ").split(" ")) if (each !== "") expect(shown).toContain(each);
        }
      }),
    );
  });

  it.each([
    [60, ["next      Push a fix, or fraisier resume shop production to", "          try the same revision again."]],
    [200, ["next      Push a fix, or fraisier resume shop production to try the same revision again."]],
  ])("breaks a sentence behind its label at spaces on a terminal of %i columns", (columns, lines) => {
    let written = "";
    const print = createPrint(
      { isJson: false, times: "relative" },
      { isTTY: true, columns, write: (part: string) => (written += part) },
    );
    print.prose("next      ", "Push a fix, or fraisier resume shop production to try the same revision again.");
    expect(written.trimEnd().split("\n")).toEqual(lines);
  });

  it("says on a terminal which columns found no room", () => {
    let written = "";
    const print = createPrint(
      { isJson: false, times: "relative" },
      { isTTY: true, columns: 60, write: (part) => (written += part) },
    );
    print.table(COLUMNS, ROWS);
    expect(written).toContain("A wider terminal or --json also shows BY.");
    expect(written).toContain("and its log ends with a stack");
  });

  it("puts the sentence of a very long label below it, so that the others keep their room", () => {
    let written = "";
    const print = createPrint(
      { isJson: false, times: "relative" },
      { isTTY: true, columns: 60, write: (part) => (written += part) },
    );
    print.facts([
      ["git", "git version 2.39.5"],
      ["shop/production /srv/a/long/path/of/a/shop", "it is writable; 77024 MiB are free, 256 MiB are wanted"],
    ]);
    expect(stripVTControlCharacters(written).trimEnd().split("\n")).toEqual([
      "git  git version 2.39.5",
      "shop/production /srv/a/long/path/of/a/shop",
      "     it is writable; 77024 MiB are free, 256 MiB are wanted",
    ]);
  });

  it("lays out a row that is wider than the foreseen ones within the terminal", () => {
    const [id = "", ...cells] = ROWS[1] ?? [];
    const { head, linesOf, missing } = tableLayout(COLUMNS, [[id, ...cells]], 80);
    expect([head, missing]).toEqual(["ID             REVISION      STATUS     BY   WHY", []]);
    expect(linesOf([id, ...cells])).toEqual(["1m8132a84ccjr  c100001 main  succeeded  ben"]);
    const lines = linesOf(ROWS[0] ?? []);
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(80);
    expect(lines.join(" ").replaceAll(/\s+/g, " ")).toContain(WHY);
  });
});
