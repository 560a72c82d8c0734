import { short } from "../../domain/decision.ts";
import { durationInWords } from "../../domain/duration-in-words.ts";
import { targetName } from "../../domain/fraise.ts";
import type { TargetState } from "../../domain/target-state.ts";
import type { Looked } from "../targets/look-at-host.ts";
import { stuckMs } from "../targets/stuck-ms.ts";
import { actionSentence } from "./action-sentence.ts";
import type { PersonAction } from "../../domain/person-action.ts";
import type { Sentence } from "../schemas/story-document.ts";
import { unended } from "./unended.ts";

type Status = TargetState & Pick<Partial<Looked>, "unknown" | "code">;

/** A target: what runs and since when, what stands in the way of something newer, and what people did to it (`actions`, newest first). Pure. */
export function targetStory(row: Status, actions: readonly PersonAction[], stuckAfter: number): readonly Sentence[] {
  const name = targetName(row);
  return [
    row.revision === undefined
      ? { says: `${name} runs nothing that fraisier deployed.` }
      : { at: row.since, says: whatRuns(name, row, row.revision) },
    ...unrestoredSentences(row),
    ...hostSentences(row),
    ...(row.hold === undefined ? [] : [{ at: row.hold.since, says: `It is on hold: ${row.hold.reason}.` }]),
    ...queueSentences(row, stuckAfter),
    ...actions.toReversed().map(actionSentence),
  ];
}

function unrestoredSentences({ unrestored }: Status): readonly Sentence[] {
  if (unrestored === undefined) return [];
  const { id, revision, reason } = unrestored;
  return [
    {
      says: `But deployment ${id} of ${short(revision)} could not be taken back (${unended(reason)}), and no deployment has succeeded since: the host may still hold parts of it.`,
    },
    { says: `fraisier show ${id} says what to do. The next deployment that succeeds ends this.`, is_advice: true },
  ];
}

function hostSentences({ drift, driftCheckedAt, unknown = "" }: Status): readonly Sentence[] {
  return [
    ...(drift === "" ? [] : [{ at: driftCheckedAt, says: `But the host differs: ${drift}.` }]),
    ...(unknown === "" ? [] : [{ says: `Whether the host agrees is not known: ${unended(unknown)}.` }]),
  ];
}

/** The deployment that runs, and the one that waits behind it. */
function queueSentences({ running, waiting }: Status, stuckAfter: number): readonly Sentence[] {
  const story: Sentence[] = [];
  if (running !== undefined) {
    const { id, revision, phase, phaseChangedAt, waitsBecause } = running;
    const stuck = stuckMs(phaseChangedAt, stuckAfter);
    const how = stuck === undefined ? `in ${phase}` : `stuck: in ${phase} for ${durationInWords(stuck)}`;
    const waits = waitsBecause === undefined ? "" : `, and waits: ${unended(waitsBecause)}`;
    story.push({ says: `Deployment ${id} of ${short(revision)} is ${how}${waits}.` });
  }
  if (waiting !== undefined) {
    const reason = waiting.waitsBecause === undefined ? "" : `: ${waiting.waitsBecause}`;
    story.push({ says: `Deployment ${waiting.id} of ${short(waiting.revision)} waits${reason}.` });
  }
  return story;
}

function whatRuns(name: string, { code, ref, deployment: id }: Status, revision: string): string {
  const deployed = `${ref === undefined ? "" : `${ref.name} at `}${short(revision)}`;
  if (code === undefined || code.revision === revision)
    return `${name} runs ${deployed}, made live by deployment ${id}.`;
  const now = code.revision === undefined ? "nothing" : short(code.revision);
  return `${name} reads the code of ${code.name}, which runs ${now}; it was deployed with ${deployed} by deployment ${id}.`;
}
