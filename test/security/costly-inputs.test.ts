import { describe, expect, it } from "vitest";
import { parseCsv } from "../../src/checks/csv.ts";
import { pageLinks } from "../../src/checks/page-links.ts";
import { harmless, harmlessJson } from "../../src/domain/harmless.ts";
import { readDotenv } from "../../src/cli/variables/read-dotenv.ts";
import { families } from "../../src/compose/app.ts";
import { parseConfig } from "../../src/config/load.ts";
import { parseEnvironmentFile } from "../../src/config/file/parse-environment-file.ts";
import { transactionWordIn } from "../../src/databases/transaction-words.ts";
import { keepEnd, keepStart } from "../../src/domain/cut.ts";
import { redactor } from "../../src/domain/redact.ts";
import { checkedRef } from "../../src/forges/payload.ts";
import { gitFailure, maskCredentials } from "../../src/host/git-failure.ts";
import { lineSplitter } from "../../src/host/line-splitter.ts";
import { matcher } from "../../src/routing/patterns.ts";
import { skipMarker } from "../../src/routing/skip-marker.ts";
import { readSchedule } from "../../src/schedule/schedule.ts";
import { reportAttacks } from "./attack-report.ts";

/** Seconds of CPU. What is linear needs a tenth of it on a slow machine; what is quadratic needs minutes for the long form. */
const LIMIT = 5;
const BYTES = process.env["FRAISIER_TEST_ALL"] === undefined ? 200_000 : 1_000_000;

const fill = (piece: string, bytes = BYTES): string => piece.repeat(Math.ceil(bytes / piece.length));
const PAGE = new URL("http://shop.example/");
const SECRETS = ["-----BEGIN SECRET-----", "aaaa", "a".repeat(300), "hunter2-hunter2", "=".repeat(8)];
const redact = redactor(SECRETS);
const config = (text: string): unknown => parseConfig(text, "fraises.yaml", families, {});

/** A parser, and the pieces of long texts of which some programs never come back. An error is an answer, too. */
const PARSERS: readonly (readonly [name: string, parse: (text: string) => unknown, pieces: readonly string[]])[] = [
  [
    "fraises.yaml",
    config,
    [
      "[",
      "{a: ",
      "- ",
      "a: &a b\n",
      "? ",
      "!x ",
      "'",
      '"',
      "# \n",
      "a:\n ",
      "- *a\n",
      "%",
      "|\n ",
      "<<: *a\n",
      "\t",
      "a: b\n",
    ],
  ],
  [
    "a page of a website",
    (text) => pageLinks(text, PAGE),
    [
      "<div>",
      "<a ",
      "<a href=",
      "</",
      "<!--",
      "<![CDATA[",
      "&amp",
      "&",
      "<script>",
      "<a href='x'>",
      '<base href="',
      "<title>",
      "<svg><style>",
    ],
  ],
  ["CSV", parseCsv, ['"', '""', ",", '"a', "\n", '"a"b', "\r"]],
  [
    "a dotenv file",
    (text) => readDotenv(text, ".env"),
    ["A=", "A=1\n", " ", "#", 'A="', "export ", "A=b #", "\t=", "\r", "A='\n"],
  ],
  [
    "a file of environment variables",
    (text) => parseEnvironmentFile(text, "environment"),
    ["A=1\n", "A=", " ", "#\n", '"', "\\\n"],
  ],
  [
    "SQL of a migration",
    transactionWordIn,
    ["'", "--", "/*", "$$", "$a$", "begin ", "create ", "(", ";", '"', "create or replace ", "E'\\'", "$a$ $b$ "],
  ],
  ["a schedule", readSchedule, ["1,", "*/", "-", " ", "*", "mon..", "1..2,", ":", "@"]],
  ["a message with a skip marker", skipMarker, ["[skip ", "[", "[ci skip", "]"]],
  ["output with secrets", redact, ["a", "-----BEGIN ", "=", "YWFh", "61", "%61", "\\u0061", "hunter2-"]],
  [
    "output that was cut",
    (text) => redact(keepEnd(keepStart(text, 900_000), 800_000)),
    ["a", "-----BEGIN ", "hunter2-hunter ", "[cut] … ", " … [cut]"],
  ],
  [
    "what git says",
    (text) => [maskCredentials(text), gitFailure("fetch", { exitCode: 128, stderr: text, stdout: "" } as never)],
    ["a.", "a+-.", "://", "https://", "a://b:c", "@", "\n", "fatal: ", "Unable to create '", "remote: "],
  ],
  ["lines of output", (text) => lineSplitter(() => {}).push(Buffer.from(text)), ["a", "\r", "\n", "\r\n", "\u{1f600}"]],
  [
    "text for a terminal",
    (text) => [harmless(text), harmlessJson(text)],
    ["\u001b[", "\u001b]0;", "\u200d", "\u{1f469}\u200d", "\u009b", "\ud800", "\u001b[1;"],
  ],
  ["the name of a branch", (text) => checkedRef({ kind: "branch", name: text }), ["a/", "..", "a.lock", "@{", "-"]],
  [
    "a secret of several parts",
    (text) => redactor([text.slice(0, 65_536)])("x"),
    ["a", "a.", "https://", "password=", "machine ", "{", '{"a":', "Bearer ", "token", "token=", "&a=", "a@"],
  ],
];

describe("a long hostile text", () => {
  it.each(PARSERS)("costs little in %s", async (name, parse, pieces) => {
    const slow: string[] = [];
    for (const piece of pieces) {
      const start = process.cpuUsage();
      try {
        await parse(fill(piece));
      } catch {
        // A refusal is the answer for most of these; what counts is that there is one soon.
      }
      const { user, system } = process.cpuUsage(start);
      const seconds = (user + system) / 1e6;
      if (seconds > LIMIT) slow.push(`${JSON.stringify(piece)}: ${seconds.toFixed(1)} s`);
    }
    reportAttacks({ tried: pieces.length, wronglyAccepted: 0, crashes: slow.length, secretsFound: 0 });
    expect(slow, name).toEqual([]);
  });

  it("costs little where patterns of fraises.yaml meet the longest names that a forge may send", () => {
    const start = process.cpuUsage();
    for (const pattern of [
      "**/**/**/**/a",
      "*a*a*b",
      "{a,b,c}{a,b,c}{a,b,c}*",
      "[a-z]*[a-z]*[a-z]*!",
      "a/**/b/**/c/**/d",
      "?".repeat(100),
    ]) {
      const matches = matcher([pattern]);
      for (const name of [fill("a", 1_000), fill("a/", 1_000), fill("ab/", 1_000), fill("a/b/c/", 1_000)])
        matches(name);
    }
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(LIMIT);
  });

  it("refuses a YAML bomb with its line, before it has grown", () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? "a0: &a0 [x, x, x, x, x, x, x, x, x]"
        : `a${level}: &a${level} [${fill(`*a${level - 1}, `, 54).slice(0, -2)}]`,
    );
    reportAttacks({ tried: 1, wronglyAccepted: 0, crashes: 0, secretsFound: 0 });
    const start = process.cpuUsage();
    expect(() => config(`${levels.join("\n")}\nfraises: *a11\n`)).toThrow(/alias|YAML/);
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(LIMIT);
  });
});
