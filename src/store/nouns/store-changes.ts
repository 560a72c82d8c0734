import type { Bind } from "../bind.ts";
import { changesAfter } from "../reads/changes-after.ts";
import { newestChange } from "../reads/newest-change.ts";
import { recordTargetChange } from "../writes/record-target-change.ts";

/** Changes of the record in their order: the source of the events of the API. */
export function storeChanges(bind: Bind) {
  return {
    after: bind(changesAfter),
    newest: bind(newestChange),
    recordOfTarget: bind(recordTargetChange),
  };
}
