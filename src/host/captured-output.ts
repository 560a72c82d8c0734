import type { Readable } from "node:stream";
import { lineSplitter } from "./line-splitter.ts";
import type { ProcessOptions, ProcessResult } from "./processes.ts";

const MAX_TAIL_BYTES = 64 * 1024;
const MAX_STDOUT_BYTES = 1024 * 1024;

export interface CapturedOutput {
  /** Emits unfinished lines, and answers with what is kept: memory is bounded however much came. */
  end(): Pick<ProcessResult, "tail" | "stdout" | "stdoutIsCut">;
}

/** Reads both streams of a process as they come; standard output may go elsewhere. */
export function captureOutput(
  stdout: Readable | undefined,
  stderr: Readable,
  options: Pick<ProcessOptions, "onLine">,
): CapturedOutput {
  let recent: string[] = [];
  let recentLength = 0;
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let stdoutIsCut = false;

  const splitters = { stdout: splitterOf("stdout"), stderr: splitterOf("stderr") };
  stdout?.on("data", (chunk: Buffer) => {
    const part = chunk.subarray(0, MAX_STDOUT_BYTES - keptBytes);
    if (part.length > 0) kept.push(part);
    keptBytes += part.length;
    stdoutIsCut ||= part.length < chunk.length;
    splitters.stdout.push(chunk);
  });
  stderr.on("data", (chunk: Buffer) => splitters.stderr.push(chunk));

  function splitterOf(stream: "stdout" | "stderr"): ReturnType<typeof lineSplitter> {
    return lineSplitter((line) => {
      recent.push(line);
      recentLength += line.length + 1;
      // Cut rarely, so that a gigabyte of short lines costs little.
      if (recentLength > 4 * MAX_TAIL_BYTES) {
        recent = newestLines(recent);
        recentLength = recent.reduce((sum, { length }) => sum + length + 1, 0);
      }
      options.onLine?.(stream, line);
    });
  }

  return {
    end: () => {
      splitters.stdout.end();
      splitters.stderr.end();
      return {
        tail: lastLines(recent.map((line) => `${line}\n`).join("")),
        stdout: Buffer.concat(kept).toString(),
        stdoutIsCut,
      };
    },
  };
}

/** The last lines, whole, as far as the tail needs them: half a secret is one that nobody recognises. */
function newestLines(lines: readonly string[]): string[] {
  let length = 0;
  const first = lines.findLastIndex((line) => (length += line.length + 1) > MAX_TAIL_BYTES);
  return lines.slice(first + 1);
}

/** Whole lines, as many as fit. */
function lastLines(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_TAIL_BYTES) return text;
  const end = bytes.subarray(-MAX_TAIL_BYTES);
  return end.subarray(end.indexOf("\n") + 1).toString();
}
