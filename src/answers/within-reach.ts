import { reaches } from "../domain/api-token.ts";
import type { Reach } from "../domain/api-token.ts";
import type { Within } from "./within.ts";

/** Says which targets somebody with this reach may know of. */
export function withinReach(reach: Reach): Within {
  const isEverything = reach.fraises.length === 0 && reach.environments.length === 0;
  return isEverything ? undefined : (target) => reaches(reach, target);
}
