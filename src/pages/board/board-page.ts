import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import { answerStatus } from "../../answers/targets/answer-status.ts";
import { freezeNow } from "../../answers/targets/freeze-now.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Page } from "../page.ts";
import { glyph } from "../parts/glyph.ts";
import { keyOf } from "../parts/key-of.ts";
import { tableCaption, tableHead } from "../parts/table.ts";
import { boardColumns } from "./board-columns.ts";
import type { BoardTarget } from "./board-columns.ts";
import { boardRow } from "./board-row.ts";
import { boardFilter } from "./board-filter.ts";
import { daemonNotices } from "./daemon-notices.ts";
import { targetCondition } from "./target-condition.ts";

/** Every target that the viewer may know of, by fraise. */
export const boardPage: Page = {
  path: "/",
  async show({ sources, query, within, now }) {
    const { targets, daemon } = await answerStatus(sources, { targets: {}, host: undefined, within, isBrief: true });
    const freezeOf = freezeNow(sources.config, now);
    const { text, kind, bar } = boardFilter(targets, query);
    const shown = targets
      .filter((target) => (kind === undefined || targetCondition(target).kind === kind) && isNamed(target, text))
      .map((status): BoardTarget => {
        const key = keyOf(status);
        return { key, status, freeze: freezeOf(key) };
      });
    return {
      title: "Board",
      section: "Board",
      main: html`<div class="page-head">
          <h1>Board</h1>
          ${bar}
        </div>
        ${daemonNotices(daemon)} ${shown.length === 0 ? nothing(targets.length) : await board(shown, now)}`,
    };
  },
};

async function board(targets: readonly BoardTarget[], now: Date): Promise<Html> {
  const columns = boardColumns(now);
  const groups: Html[] = [];
  for (const [fraise, members] of Map.groupBy(targets, ({ key }) => key.fraise)) {
    const rows = await Promise.all(members.map(async (each) => await boardRow(columns, each, now)));
    groups.push(
      html`<tbody role="rowgroup" id="fraise-${fraise}" data-live>
        <tr role="row" class="group">
          <th role="rowheader" scope="rowgroup" colspan="${columns.length}"><bdi>${fraise}</bdi></th>
        </tr>
        ${rows}
      </tbody> `,
    );
  }
  return html`<table role="table" class="board" id="board" data-live-list>
    ${tableCaption("Targets by fraise, as the daemon saw them last")}${tableHead(columns)} ${groups}
  </table>`;
}

function nothing(all: number): Html {
  if (all > 0) return html`<p class="empty">No target matches. <a href="/">Show all ${all}</a></p>`;
  return html`<div class="empty">
    ${glyph("none")}
    <p>
      No fraise is configured yet, or none that you may know of. On the host, <code>fraisier init</code> writes the
      first one.
    </p>
  </div>`;
}

/** Whether every word stands somewhere in what the board shows of a target. */
function isNamed(target: TargetStatus, text: string): boolean {
  const { revision, active_ref_name: ref } = target;
  const shown = [target.target, revision ?? "", ref ?? "", targetCondition(target).word].join(" ").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word));
}
