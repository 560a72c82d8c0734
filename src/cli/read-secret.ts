import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { UsageError } from "../domain/errors.ts";

/** Nobody types two lines as fast. */
const PASTE_MS = 50;
/** Far more than a value may have; nobody means to pipe a disk image in here. */
const MAX_BYTES = 1024 * 1024;

/** What a person types, unseen, or what a pipe brings, without the line break at its end. @throws UsageError */
export async function readSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) return entered((await readInput()).replace(/\r?\n$/, ""));
  process.stderr.write(question);
  const lines = await typedLines();
  process.stderr.write("\n");
  if (lines.length > 1) {
    throw new UsageError("several lines were pasted, and nothing was changed", {
      hint: "A value of several lines comes through a pipe: fraisier env set … < FILE",
    });
  }
  return entered(lines[0] ?? "");
}

/** The line that is typed, and those that come right behind it, as only a paste does; none after Ctrl-C. */
async function typedLines(): Promise<readonly string[]> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: unseen, terminal: true, historySize: 0 });
  const lines: string[] = [];
  await new Promise<void>((resolve) => {
    reader.on("line", (line) => {
      if (lines.push(line) === 1) setTimeout(resolve, PASTE_MS);
    });
    reader.once("close", resolve);
    reader.once("SIGINT", () => reader.close());
  });
  reader.close();
  return lines;
}

/** A prompt that nobody answers, as in a script, must not blank a secret. */
function entered(text: string): string {
  if (text === "") throw nothingEntered();
  return text;
}

function nothingEntered(): UsageError {
  return new UsageError("nothing was entered, and nothing was changed", {
    hint: "For an empty value, say so: put '' behind the name.",
  });
}

/** Standard input to its end. @throws UsageError for what is no text, or too much of it. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new UsageError(`standard input is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new UsageError("standard input is not UTF-8 text", { cause });
  }
}
