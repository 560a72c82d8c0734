import type { Html } from "../html.ts";
import type { Shape } from "../parts/glyph.ts";
import { mark } from "../parts/status-word.ts";

const SHAPES: Readonly<Record<string, Shape>> = {
  queued: "good",
  redelivery: "return",
  asked: "waiting",
  held: "hold",
  skipped: "none",
  ignored: "none",
  refused: "bad",
};

/** A decision about a delivery as word and drawing. */
export function decisionWord(decision: string): Html {
  return mark(SHAPES[decision] ?? "none", decision);
}
