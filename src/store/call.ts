import { newId } from "../domain/id.ts";
import type { StoreContext } from "./store-context.ts";

/** A call of a write, which is made again if its answer was lost. Its time and its id find what the first attempt may have committed. */
export interface Call {
  /** The time of the first attempt, ISO-8601. */
  readonly at: string;
  /** An id for a row that the call adds. */
  readonly id: string;
  /** An earlier attempt of this call may have been committed. */
  readonly isRepeat: boolean;
}

export function newCall(): Call {
  return { at: new Date().toISOString(), id: newId(), isRepeat: false };
}

/** The call that a write belongs to. */
export function callOf({ call }: StoreContext): Call {
  return call ?? newCall();
}
