import type { StoreContext } from "../store-context.ts";
import { idsBeginningWith } from "../ids-beginning-with.ts";

/** Ids of deployments that a person may mean: the exact one, or those that begin with the letters that were typed. */
export async function findDeployment(context: StoreContext, typed: string): Promise<readonly string[]> {
  return await idsBeginningWith(context, "tb_deployment", typed);
}
