import type { App } from "../../compose/app.ts";
import { FraisierError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import type { FoundDamage } from "../../repairs/find-damages.ts";
import { isMending } from "../../repairs/repair.ts";
import { takeTarget } from "../targets/take-target.ts";
import { takeUpHere } from "../deployments/run-here.ts";

/** Looks for everything that is broken, or for one kind of it. */
export type Look = (kind?: string) => Promise<readonly FoundDamage[]>;

/** A damage, and how its repair ended. */
export interface Mended {
  readonly damage: FoundDamage;
  /** The repair's own words about its work; null if it failed. */
  readonly said: string | null;
  readonly error: string | null;
  /** Whether the repair changed something. */
  readonly isDone: boolean;
}

/**
 * Mends one damage, while no deployment of its targets can begin. It looks for the damage again first: a deployment may have begun, or mended it, since it was
 * shown. @param app undefined if the damaged thing is the store itself.
 */
export async function mendDamage(app: App | undefined, damage: FoundDamage, look: Look): Promise<Mended> {
  try {
    await using locks = new AsyncDisposableStack();
    // The order is always the same, so that two repairs cannot wait for each other.
    const targets = damage.targets.toSorted((a, b) => (targetName(a) < targetName(b) ? -1 : 1));
    if (app !== undefined)
      for (const target of targets) locks.use(await takeTarget(app, target, "fraisier repair mends it"));
    const now = (await look(damage.kind)).find(({ where }) => where === damage.where);
    if (now === undefined) return { damage, said: `${damage.where} is sound by now`, error: null, isDone: false };
    if (!isMending(now.remedy)) return failed(damage, `${now.why}; ${now.remedy.byHand}`);
    if (!isMending(damage.remedy) || now.remedy.does !== damage.remedy.does)
      return failed(damage, `${damage.where} has changed since it was shown: run fraisier repair again`);
    const said = await now.remedy.mend({
      async takeUp(row) {
        const status = app === undefined ? undefined : await takeUpHere(app, row);
        return status === undefined
          ? `another process has taken deployment ${row.id} up`
          : `deployment ${row.id} has ended: ${status.replace("_", " ")}`;
      },
    });
    return { damage, said, error: null, isDone: true };
  } catch (error) {
    if (!(error instanceof FraisierError)) throw error;
    return failed(damage, error.hint === undefined ? error.message : `${error.message}. ${error.hint}`);
  }
}

function failed(damage: FoundDamage, error: string): Mended {
  return { damage, said: null, error, isDone: false };
}
