import type { StoreContext } from "./store-context.ts";
import type { Persist } from "./persist.ts";
import { newCall } from "./call.ts";

type Verb<Arguments extends readonly unknown[], Result> = (context: StoreContext, ...rest: Arguments) => Result;

/** Makes a write or a read of this folder one of an open store. */
export type Bind = ReturnType<typeof binder>;

/**
 * Gives every write and read the store that it works on.
 * @param persist makes a call again if the store was away; without it a call is made once.
 */
export function binder(context: StoreContext, persist?: Persist) {
  return <Arguments extends readonly unknown[], Result>(verb: Verb<Arguments, Result>) =>
    (...rest: Arguments): Result => {
      if (persist === undefined) return verb(context, ...rest);
      const call = newCall();
      // Every verb gives a promise.
      return persist(async (isRepeat) => await verb({ ...context, call: { ...call, isRepeat } }, ...rest)) as Result;
    };
}
