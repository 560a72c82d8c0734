import { answerHistory } from "../../answers/deployments/answer-history.ts";
import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import { answerTimeline } from "../../answers/targets/answer-timeline.ts";
import { answerStatus } from "../../answers/targets/answer-status.ts";
import { freezeNow } from "../../answers/targets/freeze-now.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { targetCondition } from "../board/target-condition.ts";
import { targetNotes } from "../board/target-notes.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Page } from "../page.ts";
import { crumbs } from "../parts/crumbs.ts";
import { progressBar } from "../parts/progress-bar.ts";
import { section } from "../parts/section.ts";
import { mark } from "../parts/status-word.ts";
import { targetPath } from "../parts/target-path.ts";
import { pastSection } from "./past-section.ts";
import { deploymentsTable } from "./deployments-table.ts";
import { environmentsTable } from "./environments-table.ts";
import { targetActions } from "./target-actions.ts";
import { targetFacts } from "./target-facts.ts";

const PAGE = 25;

/** A target: how it stands, how its environments differ, and its deployments. */
const page = (path: string): Page => ({
  path,
  async show({ sources, path: names, query, within, viewer, now }) {
    const { fraise = "", environment = "", job = "" } = names;
    const key: TargetKey = { fraise, environment, job };
    const { targets } = await answerStatus(sources, { targets: { fraise }, host: undefined, within });
    const status = targets.find(({ target }) => target === targetName(key));
    if (status === undefined) return undefined;
    const history = await answerHistory(sources.store, {
      targets: key,
      before: query["before"],
      limit: PAGE,
      within,
    });
    const notes = targetNotes(status, freezeNow(sources.config, now)(key), now);
    const older = history.next === null ? "" : olderLink(targetPath(key), history.next);
    return {
      title: targetName(key),
      section: "Board",
      main: html`${crumbs(
          { path: "/", name: "Board" },
          { path: `/?${new URLSearchParams({ q: `${fraise}/` }).toString()}`, name: fraise },
        )}
        <div id="target" data-live>
          <div class="page-head">
            <h1><bdi>${targetName(key)}</bdi></h1>
            ${condition(status)}${targetActions(key, status, viewer)}
          </div>
          ${
            notes.length === 0
              ? ""
              : html`<ul class="notes panel">
                  ${notes}
                </ul>`
          }
          <div class="columns">${targetFacts(status, now)} ${environmentsTable({ key, targets, viewer, now })}</div>
        </div>
        ${pastSection(await answerTimeline(sources.store, key, now))}
        ${section({ id: "deployments", title: "Deployments", isLive: true }, [
          deploymentsTable(history.deployments, now),
          older,
        ])}`,
    };
  },
});

export const targetPage = page("/targets/:fraise/:environment");
export const jobPage = page("/targets/:fraise/:environment/:job");

function condition(status: TargetStatus): Html {
  const { shape, word } = targetCondition(status);
  const { running_id: id, running_phase: phase, running_progress: percent } = status;
  return html`<span class="condition"
    >${mark(shape, word)}${typeof id === "string" ? progressBar(phase ?? "", percent ?? 0) : ""}</span
  >`;
}

function olderLink(path: string, next: string): Html {
  return html`<p class="more">
    <a class="button" href="${path}?${new URLSearchParams({ before: next }).toString()}">Older deployments</a>
  </p>`;
}
