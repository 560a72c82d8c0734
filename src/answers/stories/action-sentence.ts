import { targetName } from "../../domain/fraise.ts";
import { lockName } from "../../domain/lock.ts";
import type { Store } from "../../store/store.ts";
import type { Sentence } from "./sentence.ts";
import { unended } from "./unended.ts";

export type Action = Awaited<ReturnType<Store["targets"]["actions"]>>[number];

const DID: Readonly<Record<string, string>> = {
  lock: "locked",
  unlock: "unlocked",
  release: "resumed",
  repair: "repaired",
};

/** `ann resumed shop/production: prices are right again.` Pure. */
export function actionSentence(action: Action): Sentence {
  const name = ["release", "repair"].includes(action.action) ? targetName(action) : lockName(action);
  const why = action.reason === "" ? "" : `: ${unended(action.reason)}`;
  return { at: action.at, says: `${action.by} ${DID[action.action] ?? action.action} ${name}${why}.` };
}
