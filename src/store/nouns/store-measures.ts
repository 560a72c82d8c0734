import type { Bind } from "../bind.ts";
import { counts } from "../reads/counts.ts";
import { tallies } from "../reads/tallies.ts";
import { targetMeasures } from "../reads/target-measures.ts";

/** Numbers for monitors. */
export function storeMeasures(bind: Bind) {
  return {
    counts: bind(counts),
    tallies: bind(tallies),
    targets: bind(targetMeasures),
  };
}
