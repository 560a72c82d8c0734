import { StepFailed } from "../domain/errors.ts";
import type { ProcessResult } from "../host/processes.ts";

const MOST_BYTES = 64 << 20;

/** Keeps all that a program prints on standard output, where its answer is a list that may be long. */
export interface WholeOutput {
  onLine(stream: "stdout" | "stderr", line: string): void;
  /** @throws StepFailed where it was too much: half an answer would be a wrong one. */
  of(result: ProcessResult, what: string): string;
}

export function wholeOutput(): WholeOutput {
  const lines: string[] = [];
  let length = 0;
  return {
    onLine(stream, line) {
      if (stream !== "stdout") return;
      length += line.length + 1;
      if (length <= MOST_BYTES) lines.push(line);
    },
    of({ stdout, stdoutIsCut }, what) {
      if (length > MOST_BYTES) throw new StepFailed(`${what}: it printed more than ${MOST_BYTES >> 20} MiB`);
      return stdoutIsCut ? lines.map((line) => `${line}\n`).join("") : stdout;
    },
  };
}
