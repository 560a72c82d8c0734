import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { UsageError } from "../../domain/errors.ts";

/** A person does not type two lines this fast. */
const PASTE_MS = 50;
/** A secret is never this large; a larger input is a mistake, such as a disk image. */
const MAX_BYTES = 1024 * 1024;

/** Reads a secret that a person types unseen or that comes from a pipe, without the line break at its end. @throws UsageError */
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

/** The line that is typed, and lines that follow at once, as in a paste; empty after Ctrl-C. */
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

/** A prompt that is not answered, as in a script, must not blank a secret. */
function entered(text: string): string {
  if (text === "") throw nothingEntered();
  return text;
}

function nothingEntered(): UsageError {
  return new UsageError("nothing was entered, and nothing was changed", {
    hint: "For an empty value, say so: put '' behind the name.",
  });
}

/** Reads standard input to its end. @throws UsageError if it is not text, or too much. */
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
