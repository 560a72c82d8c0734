import { freezeAt } from "../../domain/freeze.ts";
import type { FreezeWindow } from "../../domain/freeze.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { LocksDocument } from "../schemas/locks-document.ts";
import type { Sources } from "../sources.ts";
import { answerLocks } from "../targets/answer-locks.ts";
import { onlyWithin } from "../within.ts";
import type { Within } from "../within.ts";

/** A freeze window with the targets that it is for. */
export interface FreezeOf {
  readonly window: FreezeWindow;
  readonly targets: readonly TargetKey[];
  /** Whether it keeps deployments waiting at this moment. */
  readonly isNow: boolean;
}

/** Everything that keeps deployments waiting, or will. */
export interface Pauses {
  readonly locks: LocksDocument["locks"];
  /** The windows that are in force come first. */
  readonly freezes: readonly FreezeOf[];
  /** The targets of fraises.yaml that the asker may know of. */
  readonly targets: readonly TargetKey[];
}

/** The locks in force and the freeze windows, for an asker who may know of some targets. */
export async function answerPauses(
  sources: Sources,
  { within, now }: { readonly within: Within; readonly now: Date },
): Promise<Pauses> {
  const targets = onlyWithin(sources.config.targets, within);
  const { locks } = await answerLocks(sources, within);
  const windows = new Map<string, FreezeOf>();
  for (const target of targets)
    for (const window of target.settings.freeze) {
      const key = JSON.stringify(window);
      const found = windows.get(key) ?? { window, targets: [], isNow: freezeAt([window], now) !== undefined };
      windows.set(key, { ...found, targets: [...found.targets, target] });
    }
  return {
    locks,
    freezes: [...windows.values()].toSorted((a, b) => Number(b.isNow) - Number(a.isNow)),
    targets,
  };
}
