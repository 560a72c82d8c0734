import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Store } from "../../store/store.ts";
import type { Looked } from "../targets/look-at-host.ts";
import { stuckFor } from "../targets/stuck-for.ts";
import { actionSentence } from "./action-sentence.ts";
import type { Action } from "./action-sentence.ts";
import type { Sentence } from "./sentence.ts";
import { unended } from "./unended.ts";

type Status = Awaited<ReturnType<Store["targetStatus"]>>[number] & Pick<Partial<Looked>, "unknown" | "code">;

/** A target: what runs and since when, what stands in the way of something newer, and what people did to it (`actions`, newest first). Pure. */
export function targetStory(row: Status, actions: readonly Action[], stuckAfter: number): readonly Sentence[] {
  const name = targetName(row);
  const story: Sentence[] = [
    row.revision === null
      ? { says: `${name} runs nothing that fraisier deployed.` }
      : { at: row.active_since ?? undefined, says: whatRuns(name, row, row.revision) },
  ];
  if (row.unrestored_id !== null)
    story.push(
      {
        says: `But deployment ${row.unrestored_id} of ${short(row.unrestored_revision ?? "")} could not be taken back (${unended(row.unrestored_reason ?? "")}), and no deployment has succeeded since: the host may still hold parts of it.`,
      },
      {
        says: `fraisier show ${row.unrestored_id} says what to do. The next deployment that succeeds ends this.`,
        isAdvice: true,
      },
    );
  if (row.drift !== "")
    story.push({ at: row.drift_checked_at ?? undefined, says: `But the host differs: ${row.drift}.` });
  if ((row.unknown ?? "") !== "")
    story.push({ says: `Whether the host agrees is not known: ${unended(row.unknown ?? "")}.` });
  if (row.hold_reason !== null)
    story.push({ at: row.hold_since ?? undefined, says: `It is on hold: ${row.hold_reason}.` });
  if (row.running_id !== null) {
    const stuck = stuckFor(row.running_phase_changed_at, stuckAfter);
    const how = stuck === undefined ? `in ${row.running_phase}` : `stuck: in ${row.running_phase} for ${stuck}`;
    story.push({
      says: `Deployment ${row.running_id} of ${short(row.running_revision ?? "")} is ${how}${row.running_held_because === null ? "" : `, and waits: ${unended(row.running_held_because)}`}.`,
    });
  }
  if (row.waiting_id !== null)
    story.push({
      says: `Deployment ${row.waiting_id} of ${short(row.waiting_revision ?? "")} waits${row.waiting_held_because === null ? "" : `: ${row.waiting_held_because}`}.`,
    });
  return [...story, ...actions.toReversed().map(actionSentence)];
}

function whatRuns(name: string, { code, active_ref_name: ref, deployment_id: id }: Status, revision: string): string {
  const deployed = `${ref === null ? "" : `${ref} at `}${short(revision)}`;
  if (code === undefined || code.revision === revision)
    return `${name} runs ${deployed}, made live by deployment ${id}.`;
  const now = code.revision === undefined ? "nothing" : short(code.revision);
  return `${name} reads the code of ${code.name}, which runs ${now}; it was deployed with ${deployed} by deployment ${id}.`;
}
