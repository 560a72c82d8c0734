import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { actPath } from "../acts/act-path.ts";
import { mayAct } from "../acts/may-act.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Viewer } from "../page.ts";
import { keyOf } from "../parts/key-of.ts";
import { revisionOf } from "../parts/revision.ts";
import { section } from "../parts/section.ts";
import { mark } from "../parts/status-word.ts";
import { table } from "../parts/table.ts";
import type { Columns } from "../parts/table.ts";
import { targetPath } from "../parts/target-path.ts";
import { timeAgo } from "../parts/time-ago.ts";

interface Environments {
  readonly key: TargetKey;
  /** Every target of the fraise that the viewer may know of. */
  readonly targets: readonly TargetStatus[];
  readonly viewer: Viewer;
  readonly now: Date;
}

/** How the other environments of a fraise differ from this target; empty if there are none. */
export function environmentsTable({ key, targets, viewer, now }: Environments): Html | string {
  const own = targets.find(({ target }) => target === targetName(key));
  const others = targets.filter((each) => keyOf(each).job === key.job && each !== own);
  if (others.length === 0) return "";
  const columns: Columns<TargetStatus> = [
    {
      name: "Environment",
      value: (each) =>
        html`<a class="plain" href="${targetPath(keyOf(each))}"><bdi>${keyOf(each).environment}</bdi></a>`,
    },
    { name: "Runs", value: runs },
    { name: "Since", value: ({ active_since: at }) => (typeof at === "string" ? timeAgo(at, now) : "") },
    { name: "Compared", value: (each) => (isSame(each, own) ? mark("good", "same") : mark("differs", "differs")) },
    {
      name: "Action",
      look: "cell-act",
      value: (each) =>
        typeof each.revision === "string" && !isSame(each, own) && mayAct(viewer) ? promoteLink(each, key) : "",
    },
  ];
  const caption = "Revisions of the other environments, compared with this one";
  return section(
    { id: "environments", title: "Other environments", look: "panel" },
    table(columns, others, { caption, look: "bare environments", hasHiddenHead: true }),
  );
}

function isSame(one: TargetStatus, other: TargetStatus | undefined): boolean {
  return (one.revision ?? undefined) === (other?.revision ?? undefined);
}

function runs({ revision, active_ref_kind: kind, active_ref_name: name }: TargetStatus): Html | string {
  return typeof revision === "string" ? revisionOf(revision, kind, name) : "nothing yet";
}

function promoteLink({ target }: TargetStatus, to: TargetKey): Html {
  return html`<a class="button small" href="${actPath("promote", { from: target, to: targetName(to) })}"
    ><span>Promote from <bdi>${keyOf({ target }).environment}</bdi></span></a
  >`;
}
