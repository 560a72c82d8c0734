import type { Chapter, StoryDocument } from "../../answers/schemas/story-document.ts";
import { harmless } from "../../domain/harmless.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deliveryPath } from "./delivery-path.ts";
import { deploymentPath } from "./deployment-path.ts";
import { section } from "./section.ts";
import { clockTime } from "./time-ago.ts";

/** The story that `fraisier why` tells, chapter by chapter. */
export function storySection(story: StoryDocument | undefined): Html | string {
  if (story === undefined) return "";
  return section(
    { id: "why", title: "Why", isLive: true },
    html`<div class="story panel">${story.chapters.map((chapter) => chapterOf(chapter))}</div>`,
  );
}

function chapterOf({ about, id, story }: Chapter): Html {
  const path = about === "deployment" ? deploymentPath(id) : deliveryPath(id);
  const name = about === "target" ? html`${id}` : html`<a href="${path}"><code>${id}</code></a>`;
  return html`<section>
    <h3>${TITLES[about]} ${name}</h3>
    <ol>
      ${story.map(
        ({ at, says, is_advice: isAdvice }) =>
          html`<li class="${isAdvice === true ? "advice" : ""}">
            <span class="story-at">${at === undefined ? "" : clockTime(at)}</span><span>${harmless(says)}</span>
          </li>`,
      )}
    </ol>
  </section>`;
}

const TITLES: Readonly<Record<Chapter["about"], string>> = {
  delivery: "Delivery",
  deployment: "Deployment",
  target: "Target",
};
