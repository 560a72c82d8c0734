import { answerDeployment } from "../../answers/deployments/answer-deployment.ts";
import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { hintSentences } from "../../answers/stories/deployment-advice.ts";
import { whyDeployment } from "../../answers/stories/answer-why.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { durationInWords } from "../../domain/duration-in-words.ts";
import { targetName } from "../../domain/fraise.ts";
import { harmless } from "../../domain/harmless.ts";
import { tookInWords } from "../../domain/time-words.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Page } from "../page.ts";
import { crumbs } from "../parts/crumbs.ts";
import { dash } from "../parts/dash.ts";
import { revision } from "../parts/revision.ts";
import { section } from "../parts/section.ts";
import { statusWord } from "../parts/status-word.ts";
import { storySection } from "../parts/story-section.ts";
import { table } from "../parts/table.ts";
import type { Columns } from "../parts/table.ts";
import { targetPath } from "../parts/target-path.ts";
import { deploymentActions } from "./deployment-actions.ts";
import { deploymentFacts } from "./deployment-facts.ts";
import { diffAtForge } from "./diff-at-forge.ts";
import { logSection } from "./log-section.ts";
import { outcomeSentence } from "./outcome-sentence.ts";
import { phaseTable } from "./phase-table.ts";

/** The page of a deployment: how it ended and why, its phases, its log. */
export const deploymentPage: Page = {
  path: "/deployments/:id",
  async show(asked) {
    const { sources, forges, path, within, viewer, now } = asked;
    const document = await answerDeployment(sources, path["id"] ?? "");
    if (document === undefined || within?.(document.deployment) === false) return undefined;
    const { deployment } = document;
    const story = await whyDeployment({ ...sources, host: undefined, within }, deployment.id);
    const deliveries = (story?.chapters ?? []).filter(({ about }) => about === "delivery").map(({ id }) => id);
    const { fraise, environment, job } = deployment;
    const [state] = await sources.store.targets.status({ fraise, environment, job });
    const isLive = state?.deployment === deployment.id;
    const name = targetName(deployment);
    return {
      title: `${deployment.revision.slice(0, 8)} on ${name}`,
      section: "Board",
      main: html`${crumbs({ path: "/", name: "Board" }, { path: targetPath(deployment), name })}
        <div class="page-head" id="head" data-live>
          <h1>${revision(deployment.revision)} <span class="to">to</span> <bdi>${name}</bdi></h1>
          ${statusWord(deployment.status)}${deploymentActions(deployment, { deliveries, isLive, viewer })}
        </div>
        ${outcome(document, now)}
        ${deploymentFacts(deployment, { deliveries, diffUrl: diffAtForge(sources.config, forges, deployment), now })}
        ${phaseTable(document, now)} ${checks(document)} ${storySection(story)} ${await logSection(asked, document)}`,
    };
  },
};

const LOOK: Readonly<Record<string, string>> = {
  succeeded: "notice-good",
  running: "notice-busy",
  queued: "",
  skipped: "",
  superseded: "",
  cancelled: "",
};

function outcome({ deployment, advice, stuck_ms: stuck }: DeploymentDocument, now: Date): Html {
  const hints = deployment.hint.split("\n").filter((line) => line.trim() !== "");
  const isOver = isOutcome(deployment.status);
  // The advice begins with the hint, which stands above it.
  const next = isOver ? (advice ?? "").replace(hintSentences(deployment.hint), "") : "";
  return html`<section
    class="notice outcome ${LOOK[deployment.status] ?? "notice-bad"}"
    id="outcome"
    data-live
    aria-label="Outcome"
  >
    <p class="lead">${harmless(outcomeSentence(deployment, now))}</p>
    ${stuck === null ? "" : html`<p><strong>Its phase has not moved for ${durationInWords(stuck)}.</strong></p>`}
    ${hints.length > 1 ? html`<pre class="printed">${hints.map(harmless).join("\n")}</pre>` : hints.map((line) => html`<p>${harmless(line)}</p>`)}
    ${next === "" ? "" : html`<p class="next"><span>Next</span> ${harmless(next)}</p>`}
  </section>`;
}

const CHECKS: Columns<DeploymentDocument["checks"][number]> = [
  { name: "Check", value: ({ name, type }) => html`<bdi>${name}</bdi> <span class="when">${type}</span>` },
  { name: "Result", value: ({ status }) => status },
  { name: "Took", isNumber: true, value: ({ duration_ms: ms }) => tookInWords(ms) },
  { name: "Seen", value: ({ seen }) => (seen === "" ? dash() : harmless(seen)) },
];

function checks({ checks: all }: DeploymentDocument): Html | string {
  if (all.length === 0) return "";
  return section({ id: "checks", title: "Checks", isLive: true }, table(CHECKS, all, { look: "rows checks" }));
}
