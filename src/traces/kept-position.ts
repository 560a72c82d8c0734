import type { Store } from "../store/store.ts";

/** Changes without spans are read again after a start rather than that each of them costs a write. */
const UNWRITTEN = 5_000;

/** The change up to which everything has been sent, kept in the store. */
export interface KeptPosition {
  now(): Promise<number>;
  /** @param hasSpans spans were sent on the way there: the new position must outlive the daemon. */
  moveTo(next: number, hasSpans: boolean): Promise<void>;
}

type Reader = Pick<Store, "traces" | "changes">;

/** The position begins at the newest change when traces are first wanted: older ones are not sent. */
export function keptPosition(reader: Reader, writer: Pick<Store, "traces">): KeptPosition {
  let position: number | undefined;
  let written = 0;
  const write = async (next: number): Promise<void> => {
    await writer.traces.moveTo(next);
    written = next;
  };
  return {
    async now() {
      if (position !== undefined) return position;
      const newest = (await reader.changes.newest())?.sequence ?? 0;
      const known = await reader.traces.position();
      // A store that was restored from a backup counts again from an older change.
      const begin = Math.min(known ?? newest, newest);
      if (begin === known) written = begin;
      else await write(begin);
      position = begin;
      return begin;
    },
    async moveTo(next, hasSpans) {
      position = next;
      if (hasSpans || next - written >= UNWRITTEN) await write(next);
    },
  };
}
