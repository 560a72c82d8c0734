import type { Store } from "../store/store.ts";
import { person } from "./person.ts";
import { report } from "./report.ts";

/** Until disposed of: the first Ctrl-C does one thing, each later one the other. */
export function onInterrupt(first: () => void, again: () => void): Disposable {
  let count = 0;
  const listener = (): void => (count++ === 0 ? first() : again());
  process.on("SIGINT", listener);
  return {
    [Symbol.dispose]() {
      process.off("SIGINT", listener);
    },
  };
}

/** Asks for cancellation: whoever follows the deployment sees what becomes of it. Resolves once it is on record, or could not be; never rejects. */
export function requestCancel(store: Store, deployment: string): Promise<void> {
  return store.cancelDeployment(deployment, person(), `cancelled by ${person()}`).then(
    () => store.poke(),
    // The store is away for a moment; the next Ctrl-C ends it without asking.
    (error: unknown) => void report(error, false),
  );
}
