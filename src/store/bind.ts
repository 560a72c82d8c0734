import type { StoreContext } from "./store-context.ts";

type Verb<Arguments extends readonly unknown[], Result> = (context: StoreContext, ...rest: Arguments) => Result;

/** Makes a write or a read of this folder one of an open store. */
export type Bind = ReturnType<typeof binder>;

/** Gives every write and read the store that it works on. */
export function binder(context: StoreContext) {
  return <Arguments extends readonly unknown[], Result>(verb: Verb<Arguments, Result>) =>
    (...rest: Arguments): Result =>
      verb(context, ...rest);
}
