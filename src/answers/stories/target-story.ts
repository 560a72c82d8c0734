import { short } from "../../domain/decision.ts";
import { durationInWords } from "../../domain/duration-in-words.ts";
import { targetName } from "../../domain/fraise.ts";
import type { TargetState } from "../../domain/target-state.ts";
import type { Looked } from "../targets/look-at-host.ts";
import { stuckMs } from "../targets/stuck-ms.ts";
import { actionSentence } from "./action-sentence.ts";
import type { Action } from "./action-sentence.ts";
import type { Sentence } from "./sentence.ts";
import { unended } from "./unended.ts";

type Status = TargetState & Pick<Partial<Looked>, "unknown" | "code">;

/** A target: what runs and since when, what stands in the way of something newer, and what people did to it (`actions`, newest first). Pure. */
export function targetStory(row: Status, actions: readonly Action[], stuckAfter: number): readonly Sentence[] {
  const name = targetName(row);
  const story: Sentence[] = [
    row.revision === undefined
      ? { says: `${name} runs nothing that fraisier deployed.` }
      : { at: row.since, says: whatRuns(name, row, row.revision) },
  ];
  if (row.unrestored !== undefined)
    story.push(
      {
        says: `But deployment ${row.unrestored.id} of ${short(row.unrestored.revision)} could not be taken back (${unended(row.unrestored.reason)}), and no deployment has succeeded since: the host may still hold parts of it.`,
      },
      {
        says: `fraisier show ${row.unrestored.id} says what to do. The next deployment that succeeds ends this.`,
        isAdvice: true,
      },
    );
  if (row.drift !== "") story.push({ at: row.driftCheckedAt, says: `But the host differs: ${row.drift}.` });
  if ((row.unknown ?? "") !== "")
    story.push({ says: `Whether the host agrees is not known: ${unended(row.unknown ?? "")}.` });
  if (row.hold !== undefined) story.push({ at: row.hold.since, says: `It is on hold: ${row.hold.reason}.` });
  if (row.running !== undefined) {
    const stuck = stuckMs(row.running.phaseChangedAt, stuckAfter);
    const how =
      stuck === undefined ? `in ${row.running.phase}` : `stuck: in ${row.running.phase} for ${durationInWords(stuck)}`;
    story.push({
      says: `Deployment ${row.running.id} of ${short(row.running.revision)} is ${how}${row.running.heldBecause === undefined ? "" : `, and waits: ${unended(row.running.heldBecause)}`}.`,
    });
  }
  if (row.waiting !== undefined)
    story.push({
      says: `Deployment ${row.waiting.id} of ${short(row.waiting.revision)} waits${row.waiting.heldBecause === undefined ? "" : `: ${row.waiting.heldBecause}`}.`,
    });
  return [...story, ...actions.toReversed().map(actionSentence)];
}

function whatRuns(name: string, { code, ref, deployment: id }: Status, revision: string): string {
  const deployed = `${ref === undefined ? "" : `${ref.name} at `}${short(revision)}`;
  if (code === undefined || code.revision === revision)
    return `${name} runs ${deployed}, made live by deployment ${id}.`;
  const now = code.revision === undefined ? "nothing" : short(code.revision);
  return `${name} reads the code of ${code.name}, which runs ${now}; it was deployed with ${deployed} by deployment ${id}.`;
}
