import { StepFailed } from "../../domain/errors.ts";
import type { Store } from "../../store/store.ts";
import { EXIT } from "../exit-codes.ts";
import { person } from "../person.ts";
import { report } from "../report.ts";

/** Until disposed of, the first Ctrl-C calls one function and each later Ctrl-C the other. */
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

/** Ends this process at once. */
export function exitInterrupted(): never {
  process.exit(EXIT.interrupted);
}

/** Until disposed of, the first Ctrl-C aborts the signal, and the next one ends this process at once. */
export function abortOnInterrupt(): Disposable & { readonly signal: AbortSignal } {
  const interruption = new AbortController();
  const listening = onInterrupt(() => interruption.abort(new StepFailed("interrupted")), exitInterrupted);
  return { signal: interruption.signal, [Symbol.dispose]: () => listening[Symbol.dispose]() };
}

/** Asks for cancellation. The follower of the deployment sees how it ends. Resolves once the wish is on record or could not be recorded; never rejects. */
export function requestCancel(store: Store, deployment: string): Promise<void> {
  return store.queue.cancel(deployment, person(), `cancelled by ${person()}`).then(
    () => store.poke(),
    // The store is away for a moment; the next Ctrl-C ends the command without asking.
    (error: unknown) => void report(error, false),
  );
}
