import { keepStart } from "../domain/cut.ts";

/**
 * Lines longer than this many characters are cut: a program that never ends its line must not fill our memory. Four times what a log keeps of a line
 * (pipeline/output-log.ts), so that a secret which the log's cut would divide is still whole when the redactor looks for it.
 */
export const MAX_LINE_LENGTH = 64 * 1024;

export interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** Emits what stands after the last line end. */
  end(): void;
}

/**
 * Turns chunks of bytes into lines without their ends. Bytes that are no UTF-8 become U+FFFD; characters and line ends
 * may lie across chunks. A line that is too long is emitted once, cut and marked, as soon as it is too long.
 */
export function lineSplitter(emit: (line: string) => void): LineSplitter {
  // ignoreBOM keeps a byte order mark as it came: we decode lines, not a document.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let pending = "";
  let skipping = false;

  const finish = (text: string): void => {
    if (skipping) skipping = false;
    else emit(cut(text.endsWith("\r") ? text.slice(0, -1) : text));
  };
  const take = (text: string): void => {
    let from = 0;
    for (let to = text.indexOf("\n"); to !== -1; to = text.indexOf("\n", from)) {
      finish(pending + text.slice(from, to));
      pending = "";
      from = to + 1;
    }
    if (!skipping) pending += text.slice(from);
    if (pending.length > MAX_LINE_LENGTH) {
      emit(cut(pending));
      pending = "";
      skipping = true;
    }
  };

  return {
    push: (chunk) => take(decoder.decode(chunk, { stream: true })),
    end: () => {
      take(decoder.decode());
      if (pending !== "") finish(pending);
      pending = "";
    },
  };
}

function cut(line: string): string {
  return keepStart(line, MAX_LINE_LENGTH);
}
