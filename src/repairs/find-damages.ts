import { FraisierError } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import { messageOf } from "../domain/message-of.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** A damage and its kind. */
export interface FoundDamage extends Damage {
  readonly kind: string;
}

/** Looks for everything that these repairs know, and changes nothing. A look that fails is a damage for a person. */
export async function findDamages(
  scene: Omit<Scene, "busy">,
  repairs: readonly Repair[],
): Promise<readonly FoundDamage[]> {
  const busy = new Set((await scene.store.queue.state()).running.map(targetName));
  const found: FoundDamage[] = [];
  for (const { kind, find } of repairs) {
    try {
      for (const damage of await find({ ...scene, busy })) found.push({ kind, ...damage });
    } catch (error) {
      found.push({ kind, ...cannotLook(kind, error) });
    }
  }
  return found;
}

function cannotLook(kind: string, error: unknown): Damage {
  const message = messageOf(error);
  const hint = error instanceof FraisierError ? error.hint : undefined;
  return {
    where: kind,
    what: `it could not be looked at: ${message}`,
    why: "fraisier does not know what is there",
    targets: [],
    remedy: { byHand: hint ?? "fraisier doctor says more about this machine." },
  };
}
