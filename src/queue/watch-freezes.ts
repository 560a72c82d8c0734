import { freezeAt } from "../domain/freeze.ts";
import type { FreezeWindow } from "../domain/freeze.ts";
import { targetName } from "../domain/fraise.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";

/** Windows begin and end at full minutes. */
const INTERVAL_MS = 5_000;

interface FreezeParts {
  readonly store: Pick<Store, "changes" | "onlyReads">;
  /** The targets of the settings in force, each with its freeze windows. */
  readonly windows: () => readonly { readonly target: TargetKey; readonly freeze: readonly FreezeWindow[] }[];
  readonly log: Log;
}

/** Writes down that a target changed when a freeze window of it begins or ends: no process writes anything else at that moment. */
export function watchFreezes({ store, windows, log }: FreezeParts): { stop(): void } {
  let known = frozen(windows(), new Date());
  const look = (): void => {
    const now = frozen(windows(), new Date());
    const changed = windows().filter(({ target }) => known.get(targetName(target)) !== now.get(targetName(target)));
    known = now;
    if (store.onlyReads() !== undefined) return;
    for (const { target } of changed)
      store.changes
        .recordOfTarget(target)
        .catch((error: unknown) => log.warn({ err: error }, "clients of the API are not told of a freeze window"));
  };
  const timer = setInterval(look, INTERVAL_MS);
  return { stop: () => clearInterval(timer) };
}

/** The window that each frozen target lies in, by the target's name. */
function frozen(
  windows: readonly { readonly target: TargetKey; readonly freeze: readonly FreezeWindow[] }[],
  now: Date,
): ReadonlyMap<string, string> {
  return new Map(
    windows.flatMap(({ target, freeze }): [string, string][] => {
      const window = freezeAt(freeze, now);
      return window === undefined ? [] : [[targetName(target), window.text]];
    }),
  );
}
