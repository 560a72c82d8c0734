import type { Bind } from "../bind.ts";
import { knownRefs } from "../reads/known-refs.ts";
import { recordSweep } from "../writes/record-sweep.ts";

/** Asking the repositories for their refs, and what is known of these. */
export function storeSweeps(bind: Bind) {
  return {
    record: bind(recordSweep),
    knownRefs: bind(knownRefs),
  };
}
