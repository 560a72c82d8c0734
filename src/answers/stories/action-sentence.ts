import { targetName } from "../../domain/fraise.ts";
import { lockName } from "../../domain/lock.ts";
import type { PersonAction } from "../../domain/person-action.ts";
import type { Sentence } from "../schemas/story-document.ts";
import { unended } from "./unended.ts";

const DID: Readonly<Record<string, string>> = {
  lock: "locked",
  unlock: "unlocked",
  release: "resumed",
  repair: "repaired",
};

/** `ann resumed shop/production: prices are right again.` Pure. */
export function actionSentence(action: PersonAction): Sentence {
  const name = ["release", "repair"].includes(action.action) ? targetName(action) : lockName(action);
  const why = action.reason === "" ? "" : `: ${unended(action.reason)}`;
  return { at: action.at, says: `${action.by} ${DID[action.action] ?? action.action} ${name}${why}.` };
}
