import type { DeploymentStatus } from "../../domain/deployment.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { glyph } from "../parts/glyph.ts";
import type { Shape } from "../parts/glyph.ts";

/** The meaning of a mark in a drawing. Each kind has a shape of its own, so that no colour is needed to tell kinds apart. */
export type Kind = "succeeded" | "rollback" | "failed" | "taken-back" | "busy" | "waiting" | "other";

/** The words of a legend, in its order, and the shapes. */
export const KINDS: Readonly<Record<Kind, { readonly words: string; readonly shape: Shape }>> = {
  succeeded: { words: "went live", shape: "good" },
  rollback: { words: "rolled back by hand", shape: "return" },
  failed: { words: "failed", shape: "bad" },
  "taken-back": { words: "taken back", shape: "back" },
  busy: { words: "in work", shape: "busy" },
  waiting: { words: "waiting", shape: "waiting" },
  other: { words: "not needed or cancelled", shape: "none" },
};

const BY_STATUS: Readonly<Record<DeploymentStatus, Kind>> = {
  queued: "waiting",
  running: "busy",
  rolling_back: "busy",
  succeeded: "succeeded",
  failed: "failed",
  rolled_back: "taken-back",
  rollback_failed: "failed",
  superseded: "other",
  skipped: "other",
  cancelled: "other",
};

export function kindOf({ status, trigger }: { readonly status: DeploymentStatus; readonly trigger: string }): Kind {
  return status === "succeeded" && trigger === "rollback" ? "rollback" : BY_STATUS[status];
}

/** The mark of a kind, with its middle at a place of a drawing. */
export function markAt(kind: Kind, x: string, y: number): Html {
  return html`<svg class="mark-at" x="${x}" y="${y}" overflow="visible">
    <g transform="translate(-7 -7)">${glyph(KINDS[kind].shape)}</g>
  </svg>`;
}

/** The kinds that occur, with their marks, and the looks of stretches of time. */
export function legend(
  kinds: readonly Kind[],
  stretches: readonly { readonly look: string; readonly words: string }[],
): Html {
  const used = (Object.keys(KINDS) as Kind[]).filter((kind) => kinds.includes(kind));
  return html`<ul class="legend">
    ${used.map((kind) => html`<li>${glyph(KINDS[kind].shape)} ${KINDS[kind].words}</li> `)}
    ${stretches.map(({ look, words }) => html`<li class="${look}">${words}</li> `)}
  </ul>`;
}
