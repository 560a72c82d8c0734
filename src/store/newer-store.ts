import { StoreUnavailable } from "../domain/errors.ts";
import { programVersion } from "../program-version.ts";
import type { OpenBackend } from "./backends/backend.ts";
import { newestOf } from "./migrations/newest-of.ts";

/** The rights of this program on a store that a newer fraisier has migrated. */
export interface NewerStore {
  /** Whether the program understands the store's records. If not, it must not even read them. */
  readonly isReadable: boolean;
  /** Why the program may not write. */
  readonly refusal: StoreUnavailable;
}

/** Undefined unless the store is newer than the version that this program knows. */
export function newerStore(backend: OpenBackend): NewerStore | undefined {
  const ours = newestOf(backend.migrations);
  const { number, writableFrom, program } = backend.version();
  if (number <= ours) return undefined;
  const found = `the store is at version ${number}, which fraisier ${program} made, and this fraisier ${programVersion()} knows version ${ours}`;
  if (writableFrom <= ours) {
    const hint = `Install fraisier ${program} or newer, and restart the daemon: systemctl restart fraisier`;
    return { isReadable: true, refusal: new StoreUnavailable(`${found}: it only reads`, { hint }) };
  }
  const hint = `Install fraisier ${program} or newer. To go back instead, stop fraisier and ${backend.remedies.goBack}`;
  return { isReadable: false, refusal: new StoreUnavailable(`${found}: it cannot be used`, { hint }) };
}
