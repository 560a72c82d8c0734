import type { Bind } from "../bind.ts";
import { changesAfter } from "../reads/changes-after.ts";
import { newestChange } from "../reads/newest-change.ts";
import { recordTargetChange } from "../writes/record-target-change.ts";

/** What changed, in order: the source of the events of the API. */
export function storeChanges(bind: Bind) {
  return {
    after: bind(changesAfter),
    newest: bind(newestChange),
    recordOfTarget: bind(recordTargetChange),
  };
}
