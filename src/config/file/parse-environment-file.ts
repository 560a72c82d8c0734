import type { ConfigProblem } from "../../domain/errors.ts";
import { ConfigError } from "../../domain/errors.ts";

const NAME = /^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)$/;

/** The text that is read, and the place where the next part of it begins; a value within quotes may go over several lines. */
interface Reading {
  readonly file: string;
  readonly source: string;
  at: number;
}

/**
 * The variables of a file of NAME=value lines, as systemd reads one (systemd.exec(5), EnvironmentFile=): comments with # or ;, values in single
 * or double quotes or bare. A line that systemd would skip, or read in another way than it looks, is an error with its line and column. No error
 * quotes the text of the file.
 * @throws ConfigError
 */
export function parseEnvironmentFile(text: string, file: string): Readonly<Record<string, string>> {
  const source = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const values = new Map<string, string>();
  const places = new Map<string, number>();
  const reading: Reading = { file, source, at: 0 };
  while (reading.at < source.length) {
    const start = reading.at;
    const end = endOfLine(source, start);
    const whole = source.slice(start, end).trim();
    if (whole === "" || /^[#;]/.test(whole)) {
      reading.at = end + 1;
      continue;
    }
    const equals = source.slice(start, end).indexOf("=");
    const [, name] = equals < 0 ? [] : (NAME.exec(source.slice(start, start + equals).trim()) ?? []);
    if (name === undefined) throw problem(reading, start, "this line is not NAME=value", "A comment begins with #.");
    const before = places.get(name);
    if (before !== undefined)
      throw problem(
        reading,
        start,
        `the name of this line is set in line ${lineOf(source, before)} already`,
        "Remove one of the two lines.",
      );
    reading.at = start + equals + 1;
    values.set(name, valueAt(reading));
    places.set(name, start);
  }
  return Object.fromEntries(values);
}

function valueAt(reading: Reading): string {
  const { source } = reading;
  while (source[reading.at] === " " || source[reading.at] === "\t") reading.at += 1;
  const start = reading.at;
  const quote = source[start];
  const value = quote === "'" || quote === '"' ? quoted(reading, quote) : bare(reading);
  if (value.includes("\0")) throw problem(reading, start, "the value has a NUL character", "Is it a binary file?");
  return value;
}

/** Between quotes: single ones keep everything, double ones know \" \\ \$ \` and a line that goes on. */
function quoted(reading: Reading, quote: string): string {
  const { source } = reading;
  const start = reading.at;
  let value = "";
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at] ?? "";
    if (character === quote) {
      const end = endOfLine(source, at);
      if (source.slice(at + 1, end).trim() !== "")
        throw problem(
          reading,
          at,
          "something stands behind the closing quote",
          "Put the whole value between the quotes.",
        );
      reading.at = end + 1;
      return value;
    }
    const next = source[at + 1] ?? "";
    if (quote === '"' && character === "\\" && '"\\$`\n'.includes(next) && next !== "") {
      if (next !== "\n") value += next;
      at += 1;
    } else value += character;
  }
  throw problem(reading, start, "the quote that begins here does not end", "Close it, or leave both quotes away.");
}

/** Without quotes, to the end of the line; a backslash takes the next character as it is. */
function bare(reading: Reading): string {
  const { source } = reading;
  let value = "";
  let kept = 0;
  let at = reading.at;
  for (; at < source.length && source[at] !== "\n"; at++) {
    const character = source[at] ?? "";
    if (character === "\\" && at + 1 < source.length) {
      at += 1;
      if (source[at] !== "\n") value += source[at] ?? "";
      kept = value.length;
      continue;
    }
    if (character === "#" && /\s/.test(value.at(-1) ?? ""))
      throw problem(
        reading,
        at,
        "systemd takes a # behind a value for a part of the value",
        "Put the comment on a line of its own, or the whole value in quotes.",
      );
    value += character;
    if (!/\s/.test(character)) kept = value.length;
  }
  reading.at = at + 1;
  return value.slice(0, kept);
}

function problem({ file, source }: Reading, at: number, message: string, hint: string): ConfigError {
  const line = lineOf(source, at);
  const column = at - (source.lastIndexOf("\n", at - 1) + 1) + 1;
  const found: ConfigProblem = { file, line, column, path: "", message, severity: "error" };
  return new ConfigError(`${file}:${line}:${column}: ${message}`, [found], { hint });
}

function lineOf(source: string, at: number): number {
  return source.slice(0, at).split("\n").length;
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf("\n", at);
  return end < 0 ? source.length : end;
}
