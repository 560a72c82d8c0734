import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { factList } from "../parts/facts.ts";
import type { Fact } from "../parts/facts.ts";
import { revision, revisionOf } from "../parts/revision.ts";
import { section } from "../parts/section.ts";
import { mark } from "../parts/status-word.ts";
import { timeAgo } from "../parts/time-ago.ts";

/** The facts about what runs on a target. */
export function targetFacts(status: TargetStatus, now: Date): Html {
  const facts = [...releaseFacts(status, now), ...checkFacts(status, now), ...jobFacts(status, now)];
  return section({ id: "facts", title: "What runs", look: "panel" }, factList("facts", facts));
}

function releaseFacts(status: TargetStatus, now: Date): readonly Fact[] {
  const { revision: hash, active_ref_kind: kind, active_ref_name: ref, deployment_id: id } = status;
  if (typeof hash !== "string") return [["Revision", "nothing yet"]];
  return [
    ["Revision", revisionOf(hash, kind, ref)],
    ["Live since", ago(status.active_since, now)],
    ["Deployment", typeof id === "string" ? html`<a href="${deploymentPath(id)}"><code>${id}</code></a>` : undefined],
    ["Before it", typeof status.previous_revision === "string" ? revision(status.previous_revision) : undefined],
    ["Folder", folder(status.active_release ?? "")],
  ];
}

/** The path of a folder, which breaks behind a slash if it is too long for its line. */
function folder(path: string): Html | undefined {
  if (path === "") return undefined;
  return html`<code class="path"
    >${path.split("/").map((part, index) => (index === 0 ? part : html`/<wbr />${part}`))}</code
  >`;
}

function checkFacts({ verification, drift, drift_checked_at: at }: TargetStatus, now: Date): readonly Fact[] {
  const seen = drift === "" ? ago(at, now) : undefined;
  return [
    ["Checks", verification === null ? undefined : checksOf(verification, now)],
    ["Host", seen === undefined ? undefined : html`agrees with the record, seen ${seen}`],
  ];
}

function checksOf({ status, checks, failed, at }: NonNullable<TargetStatus["verification"]>, now: Date): Html {
  return html`${mark(status === "failed" ? "bad" : "good", `${checks - failed} of ${checks} passed`)}
  ${timeAgo(at, now)}`;
}

function jobFacts({ last_run: run, timer }: TargetStatus, now: Date): readonly Fact[] {
  return [
    ["Last run", run === null || run === undefined ? undefined : html`${run.result}, ${timeAgo(run.at, now)}`],
    ["Timer", timer ?? undefined],
  ];
}

function ago(at: string | null | undefined, now: Date): Html | undefined {
  return typeof at === "string" ? timeAgo(at, now) : undefined;
}
