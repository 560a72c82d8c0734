/** A place in the events of a stream: everything up to it was sent. Its text is the `id` of an event, which only this file reads. */
export interface EventCursor {
  /** The last change; 0 if there was none yet. */
  readonly sequence: number;
  /** The time of that change. After a restored backup another change may have the same number. */
  readonly at: string;
  /** If the change is one of several targets: the last one of them that was told. */
  readonly target?: string;
  /** If the stream has lines of a log: the sequence of the last one. */
  readonly line?: number;
}

/** `1042-1mfx3k2a`, with `~300` for lines and `/shop/production` for a target. */
export function writeCursor({ sequence, at, line, target }: EventCursor): string {
  const base = `${sequence}-${stampOf(at)}`;
  return base + (line === undefined ? "" : `~${line}`) + (target === undefined ? "" : `/${encodeURI(target)}`);
}

export function stampOf(at: string): string {
  return at === "" ? "0" : Date.parse(at).toString(36);
}

/** Undefined if the text is none of fraisier's. `at` is left out: see isAt(). */
export function readCursor(text: string): (Omit<EventCursor, "at"> & { readonly stamp: string }) | undefined {
  const found = /^(\d{1,15})-([0-9a-z]{1,12})(?:~(\d{1,15}))?(?:\/(.{1,900}))?$/.exec(text);
  if (found === null) return undefined;
  const [, sequence, stamp = "", line, target] = found;
  return {
    sequence: Number(sequence),
    stamp,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(target === undefined ? {} : { target: decoded(target) }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    // A text that no program of ours wrote names no target.
    return text;
  }
}
