import type { Ref } from "../../domain/event.ts";
import { fullRef } from "../../domain/event.ts";

/** A ref as the rows of deliveries have it: full, and empty if there is none. */
export function refText(ref: Ref | undefined): string {
  return ref === undefined ? "" : fullRef(ref);
}
