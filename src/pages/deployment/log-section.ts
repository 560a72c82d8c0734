import { answerLogPage } from "../../answers/deployments/answer-log-page.ts";
import type { LogPage } from "../../answers/deployments/answer-log-page.ts";
import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { harmless } from "../../domain/harmless.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { lineNumber } from "../../domain/line-number.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { AskedPage } from "../page.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { section } from "../parts/section.ts";
import { logPath, logQuery } from "./log-query.ts";
import type { LogQuery } from "./log-query.ts";

/** A page shows so many lines; a longer log has several pages. */
const LINES = 300;
/** A longer line is cut on the page: `fraisier logs` has all of it. */
const MAX_LINE = 4_000;

/** The log of a deployment: its last lines, or the part that the address names. */
export async function logSection(
  { sources, query: given }: Pick<AskedPage, "sources" | "query">,
  document: DeploymentDocument,
): Promise<Html> {
  const { deployment, steps, phases } = document;
  const query = logQuery(given, phases);
  const page = await answerLogPage(sources.store, {
    id: deployment.id,
    containing: query.text,
    steps: query.phase === undefined ? undefined : stepsOf(steps, query.phase),
    after: query.after,
    before: query.before,
    around: query.line,
    limit: LINES,
  });
  const path = deploymentPath(deployment.id);
  const follows = !isOutcome(deployment.status) && page.newer === undefined;
  return section(
    { id: "log", title: "Log", beside: searchForm(path, query, steps) },
    html`<div id="log-lines" ${follows ? html`data-live data-log="${deployment.id}"` : ""}>
      ${pager(path, query, { older: page.older })} ${lines(page, query, path)}
      ${pager(path, query, { newer: page.newer })}
    </div>`,
  );
}

/** The steps that wrote in a phase. */
function stepsOf(steps: DeploymentDocument["steps"], phase: string): readonly string[] {
  return [...new Set(steps.filter((each) => each.phase === phase).map(({ step }) => step))];
}

function searchForm(path: string, { text, phase }: LogQuery, steps: DeploymentDocument["steps"]): Html {
  const names = [...new Set(steps.map((each) => each.phase))];
  return html`<form class="filter" role="search" action="${path}#log" method="get">
    <label class="visually-hidden" for="log-phase">Phase</label>
    <select id="log-phase" name="phase">
      <option value="">every phase</option>
      ${names.map((name) => html`<option value="${name}" ${name === phase ? html`selected` : ""}>${name.replaceAll("_", " ")}</option>`)}
    </select>
    <label class="visually-hidden" for="log-text">Find in the log</label>
    <input
      id="log-text"
      name="q"
      type="search"
      value="${text}"
      placeholder="Find in the log"
      autocomplete="off"
      spellcheck="false"
    />
    <button type="submit">Find</button>
  </form>`;
}

function lines({ lines: found }: LogPage, query: LogQuery, path: string): Html {
  if (found.length === 0)
    return html`<p class="empty">
      ${query.text === "" && query.phase === undefined ? "Nothing was printed yet." : html`No line matches. <a href="${path}#log">Show all lines</a>`}
    </p>`;
  const groups = found.reduce<(typeof found)[number][][]>((all, line) => {
    const last = all.at(-1);
    if (last?.[0]?.step === line.step) last.push(line);
    else all.push([line]);
    return all;
  }, []);
  return html`<table class="lines">
    ${groups.map((group) => stepLines(group, query, path))}
  </table>`;
}

function stepLines(group: LogPage["lines"], query: LogQuery, path: string): Html {
  const rows = group.map(({ sequence, stream, line, at }) => {
    const name = `L${sequence}`;
    const look = `line line-${stream}${sequence === query.line ? " line-named" : ""}`;
    return html`<tr id="${name}" class="${look}">
      <td class="line-number">
        <a href="${logPath(path, query, { line: sequence })}#${name}" aria-label="Link to line ${lineNumber(sequence)}"
          >${lineNumber(sequence)}</a
        >
      </td>
      <td class="line-text" title="${at}">${marked(line, query.text)}</td>
    </tr>`;
  });
  return html`<tbody>
    <tr class="step-row">
      <th scope="rowgroup" colspan="2">${group[0]?.step}</th>
    </tr>
    ${rows}
  </tbody>`;
}

/** A line as text, with what was searched for marked in it. */
function marked(line: string, text: string): Html {
  const whole = harmless(line);
  const shown = whole.slice(0, MAX_LINE);
  const cut =
    whole.length > MAX_LINE ? html` <span class="cut">… and ${whole.length - MAX_LINE} more characters</span>` : "";
  if (text === "") return html`${shown}${cut}`;
  const parts: Html[] = [];
  const [lower, wanted] = [shown.toLowerCase(), text.toLowerCase()];
  // Letters whose small form is longer would shift every place behind them.
  if (lower.length !== shown.length) return html`${shown}${cut}`;
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    parts.push(html`${shown.slice(from, at)}<mark>${shown.slice(at, at + text.length)}</mark>`);
    from = at + text.length;
  }
  return html`${parts}${shown.slice(from)}${cut}`;
}

function pager(
  path: string,
  query: LogQuery,
  { older, newer }: { readonly older?: number | undefined; readonly newer?: number | undefined },
): Html | string {
  if (older !== undefined)
    return html`<nav class="pager" aria-label="Older lines">
      <a href="${logPath(path, query, { before: older })}#log">Older lines</a>
      <a href="${logPath(path, query, { after: 0 })}#log">From the start</a>
    </nav>`;
  if (newer === undefined) return "";
  return html`<nav class="pager" aria-label="Newer lines">
    <a href="${logPath(path, query, { after: newer })}#log">Newer lines</a>
    <a href="${logPath(path, query, {})}#log">To the end</a>
  </nav>`;
}
