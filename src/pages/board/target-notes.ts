import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import { durationInWords } from "../../domain/duration-in-words.ts";
import type { FreezeWindow } from "../../domain/freeze.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { deploymentPath } from "../parts/deployment-path.ts";
import { glyph } from "../parts/glyph.ts";
import type { Shape } from "../parts/glyph.ts";
import { revision } from "../parts/revision.ts";
import { strangersText } from "../parts/strangers-text.ts";
import { timeAgo } from "../parts/time-ago.ts";

interface Note {
  readonly shape: Shape;
  readonly text: Html;
}

/** Everything about a target that a person should know beside what runs, most urgent first. */
export function targetNotes(target: TargetStatus, freeze: FreezeWindow | undefined, now: Date): readonly Html[] {
  return [...deploymentNotes(target, now), ...pauseNotes(target, freeze, now), ...hostNotes(target, now)].map(
    ({ shape, text }) => html`<li class="note note-${shape}">${glyph(shape)}<span>${text}</span></li>`,
  );
}

function deploymentNotes(target: TargetStatus, now: Date): readonly Note[] {
  const notes: Note[] = [];
  const { running_stuck_ms: stuckMs, unrestored_id: unrestored, waiting_id: waiting } = target;
  if (typeof stuckMs === "number")
    notes.push({ shape: "hold", text: html`No progress in this phase for ${durationInWords(stuckMs)}.` });
  if (typeof unrestored === "string")
    notes.push({
      shape: "bad",
      text: html`<a href="${deploymentPath(unrestored)}">A deployment</a> could not be taken back:
        ${strangersText(target.unrestored_reason ?? "")}`,
    });
  if (typeof target.hold_reason === "string")
    notes.push({
      shape: "hold",
      text: html`${typeof target.hold_since === "string" ? html`Put on hold ${timeAgo(target.hold_since, now)}` : "On hold"}:
      ${strangersText(target.hold_reason)}`,
    });
  else if (typeof target.last_reason === "string" && isFailure(target))
    notes.push({ shape: "bad", text: html`${strangersText(target.last_reason)}` });
  if (typeof waiting === "string")
    notes.push({
      shape: "waiting",
      text: html`<a href="${deploymentPath(waiting)}">${revision(target.waiting_revision ?? "")}</a>
        waits${because(target.waiting_held_because)}`,
    });
  return notes;
}

function pauseNotes(
  { locks, waiting_held_because: waitsBecause }: TargetStatus,
  freeze: FreezeWindow | undefined,
  now: Date,
): readonly Note[] {
  const saysSo = ({ reason }: (typeof locks)[number]): boolean =>
    reason !== "" && waitsBecause?.includes(reason) === true;
  // A deployment that waits for the end of a lock or of a freeze window says so itself.
  const locked = locks
    .filter((lock) => !saysSo(lock))
    .map(({ locked_by: by, locked_at: at, reason }) => ({
      shape: "lock" as const,
      text: html`Locked by ${strangersText(by)} ${timeAgo(at, now)}: ${strangersText(reason)}`,
    }));
  if (freeze === undefined || typeof waitsBecause === "string") return locked;
  return [
    ...locked,
    { shape: "freeze", text: html`Frozen until ${freeze.ends}${because(freeze.reason === "" ? null : freeze.reason)}` },
  ];
}

function hostNotes(target: TargetStatus, now: Date): readonly Note[] {
  const notes: Note[] = [];
  const { drift = "", drift_checked_at: at, verification, last_run: run } = target;
  if (drift !== "")
    notes.push({
      shape: "differs",
      text: html`The host differs:
      ${strangersText(drift)}${typeof at === "string" ? html` (seen ${timeAgo(at, now)})` : ""}`,
    });
  if (verification !== null && verification.status === "failed")
    notes.push({
      shape: "bad",
      text: html`${verification.failed} of ${verification.checks} checks failed ${timeAgo(verification.at, now)}.`,
    });
  if (run !== null && run !== undefined && run.result !== "success")
    notes.push({ shape: "bad", text: html`The last run of the job ended with ${run.result} ${timeAgo(run.at, now)}.` });
  if (!target.configured) notes.push({ shape: "none", text: html`fraises.yaml no longer has this target.` });
  return notes;
}

function isFailure({ last_status: status, last_reason: reason }: TargetStatus): boolean {
  return reason !== "" && (status === "failed" || status === "rolled_back");
}

function because(reason: string | null | undefined): Html {
  return reason === null || reason === undefined || reason === "" ? html`.` : html`: ${strangersText(reason)}`;
}
