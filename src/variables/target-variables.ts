import { FraisierError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { guardedValues } from "./guarded-values.ts";
import type { Vault } from "./vault.ts";

export interface TargetVariables {
  readonly values: ReadonlyMap<string, string>;
  /** The values that must not be printed. */
  readonly secrets: readonly string[];
  /** Why they could not be read: nothing may be deployed without them, but what was begun can be taken back. */
  readonly error: FraisierError | undefined;
}

/** A target's variables for its runner. */
export async function targetVariables(vault: Vault, target: TargetKey): Promise<TargetVariables> {
  try {
    const values = await vault.read(target);
    return { values, secrets: guardedValues(values, target), error: undefined };
  } catch (error) {
    if (!(error instanceof FraisierError)) throw error;
    return { values: new Map(), secrets: [], error };
  }
}
