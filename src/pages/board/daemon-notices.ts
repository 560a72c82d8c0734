import type { StatusDocument } from "../../answers/schemas/status-document.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";

/** Sentences about the parts of the daemon and of its settings that do not work. */
export function daemonNotices(daemon: StatusDocument["daemon"]): Html | string {
  const sentences = noticesOf(daemon);
  if (sentences.length === 0) return "";
  return html`<section class="notice notice-hold" id="daemon" aria-label="Notices of the daemon">
    <ul>
      ${sentences.map((each) => html`<li>${each}</li>`)}
    </ul>
  </section>`;
}

function noticesOf(daemon: StatusDocument["daemon"]): readonly string[] {
  if (daemon === null) return ["The daemon that this page comes from does not know itself: look at its log."];
  return [
    ...(daemon.outdated ? ["The daemon is older than the store and only reads. Restart it."] : []),
    ...(daemon.needs_reload ? ["fraises.yaml was changed since the daemon read it: fraisier reload."] : []),
    ...(daemon.reload_failure === null ? [] : [`The last reload changed nothing: ${daemon.reload_failure.message}`]),
    ...daemon.troubles.map(({ message }) => message),
  ];
}
