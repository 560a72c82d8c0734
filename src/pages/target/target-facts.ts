import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { revision, revisionOf } from "../parts/revision.ts";
import { section } from "../parts/section.ts";
import { mark } from "../parts/status-word.ts";
import { timeAgo } from "../parts/time-ago.ts";

type Fact = readonly [string, Html] | undefined;

/** The facts about what runs on a target. */
export function targetFacts(status: TargetStatus, now: Date): Html {
  const facts = [...releaseFacts(status, now), ...checkFacts(status, now), ...jobFacts(status, now)].filter(
    (fact) => fact !== undefined,
  );
  return section(
    { id: "facts", title: "What runs", look: "panel facts" },
    html`<dl>
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`,
  );
}

function releaseFacts(status: TargetStatus, now: Date): readonly Fact[] {
  const { revision: hash, active_ref_kind: kind, active_ref_name: ref, deployment_id: id } = status;
  if (typeof hash !== "string") return [["Revision", html`nothing yet`]];
  return [
    ["Revision", revisionOf(hash, kind, ref)],
    typeof status.active_since === "string" ? ["Live since", timeAgo(status.active_since, now)] : undefined,
    typeof id === "string" ? ["Deployment", html`<a href="${deploymentPath(id)}"><code>${id}</code></a>`] : undefined,
    typeof status.previous_revision === "string" ? ["Before it", revision(status.previous_revision)] : undefined,
    typeof status.active_release === "string" && status.active_release !== ""
      ? ["Folder", html`<code class="path">${status.active_release}</code>`]
      : undefined,
  ];
}

function checkFacts({ verification, drift, drift_checked_at: at }: TargetStatus, now: Date): readonly Fact[] {
  return [
    verification === null
      ? undefined
      : [
          "Checks",
          html`${mark(verification.status === "failed" ? "bad" : "good", `${verification.checks - verification.failed} of ${verification.checks} passed`)}
          ${timeAgo(verification.at, now)}`,
        ],
    typeof at === "string" && drift === ""
      ? ["Host", html`agrees with the record, seen ${timeAgo(at, now)}`]
      : undefined,
  ];
}

function jobFacts({ last_run: run, timer }: TargetStatus, now: Date): readonly Fact[] {
  return [
    run === null || run === undefined ? undefined : ["Last run", html`${run.result}, ${timeAgo(run.at, now)}`],
    typeof timer === "string" ? ["Timer", html`${timer}`] : undefined,
  ];
}
