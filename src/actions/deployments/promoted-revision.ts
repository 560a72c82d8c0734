import type { Acting } from "../acting.ts";
import type { Target } from "../../config/config.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { lenderNow } from "../../answers/targets/lender-now.ts";
import type { WantedRevision } from "./wanted-revision.ts";

/** The revision that a target runs now, for a promotion. @throws UsageError if it runs nothing. */
export async function promotedRevision({ store }: Acting, source: Target): Promise<WantedRevision> {
  const [state] = await store.targets.status(source);
  if (state?.revision === undefined) {
    throw new UsageError(`fraisier has not deployed anything to ${targetName(source)} yet`, {
      hint: `fraisier deploy ${source.fraise} ${source.environment} comes first.`,
    });
  }
  const { revision, ref } = state;
  const lender = await lenderNow(source, store);
  if (lender === undefined || lender.revision === revision) return { revision, ref };
  // The lender of borrowed code has deployed or rolled back since this target was deployed: its revision runs here now.
  if (lender.revision !== undefined) return { revision: lender.revision, ref: undefined };
  throw new UsageError(`${lender.name}, whose code ${targetName(source)} runs, runs nothing`);
}
