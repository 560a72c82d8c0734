import type { FraisierError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";

/** A look costs microseconds. Between two looks the store itself refuses what this program may no longer write. */
const INTERVAL_MS = 2_000;

/** Calls back once, at once or later, when a newer fraisier has migrated the store. Gives the way to stop watching. */
export function watchVersion(store: Pick<Store, "onlyReads">, onNewer: (refusal: FraisierError) => void): () => void {
  const look = (): void => {
    const refusal = store.onlyReads();
    if (refusal === undefined) return;
    clearInterval(timer);
    onNewer(refusal);
  };
  const timer = setInterval(look, INTERVAL_MS);
  look();
  return () => clearInterval(timer);
}
