import type { DeploymentStatus } from "../../domain/deployment.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { glyph } from "./glyph.ts";
import type { Shape } from "./glyph.ts";

const SHOWN: Readonly<Record<DeploymentStatus, { readonly word: string; readonly shape: Shape }>> = {
  queued: { word: "queued", shape: "waiting" },
  running: { word: "deploying", shape: "busy" },
  rolling_back: { word: "rolling back", shape: "busy" },
  succeeded: { word: "succeeded", shape: "good" },
  failed: { word: "failed", shape: "bad" },
  rolled_back: { word: "rolled back", shape: "back" },
  rollback_failed: { word: "rollback failed", shape: "bad" },
  superseded: { word: "superseded", shape: "none" },
  skipped: { word: "skipped", shape: "none" },
  cancelled: { word: "cancelled", shape: "none" },
};

/** A status of a deployment as word and drawing. */
export function statusWord(status: DeploymentStatus): Html {
  const { word, shape } = SHOWN[status];
  return mark(shape, word);
}

/** A word with its drawing. */
export function mark(shape: Shape, word: string): Html {
  return html`<span class="mark mark-${shape}">${glyph(shape)}<span>${word}</span></span>`;
}
