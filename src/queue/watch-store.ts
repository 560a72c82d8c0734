import type { FraisierError } from "../domain/errors.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";

/** A look costs microseconds. */
const INTERVAL_MS = 1_000;

type Watched = Pick<Store, "unwell" | "inFile">;

/**
 * Tells the log when the store can take nothing any more, and when it can again. If its file was deleted or replaced, saves what this process still has open
 * of it: what was answered with "queued" is in it.
 */
export function watchStore(store: Watched, log: Log): { stop(): Promise<void> } {
  let before: FraisierError | undefined;
  let isSaved = false;
  let saving: Promise<void> = Promise.resolve();

  const save = async (file: NonNullable<Watched["inFile"]>): Promise<void> => {
    try {
      const copy = await file.saveLost();
      isSaved = true;
      log.error({ copy }, "saved a copy of the store that was lost");
    } catch (error) {
      log.error({ err: error }, "no copy of the store that was lost could be saved");
    }
  };
  const look = (): void => {
    const now = store.unwell();
    if (now?.message === before?.message) return;
    before = now;
    if (now === undefined) log.info("the store can be written again");
    else log.error({ hint: now.hint }, now.message);
    const { inFile: file } = store;
    if (file === undefined) return;
    if (file.isLost()) {
      // Once it is saved, fraisier repair may have brought the copy back: a second one would only be in the way.
      saving = saving.then(async () => (isSaved ? undefined : await save(file)));
    } else if (isSaved) {
      file.forgetSaved();
      isSaved = false;
    }
  };
  const timer = setInterval(look, INTERVAL_MS);
  return {
    async stop() {
      clearInterval(timer);
      await saving;
    },
  };
}
