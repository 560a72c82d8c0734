import { UsageError } from "../../domain/errors.ts";
import type { Store } from "../../store/store.ts";
import { refuseEmpty } from "../arguments/refuse-empty.ts";

/** The deployment that a person means: an id, the beginning of an id, or `last`. @throws UsageError */
export async function resolveDeployment(store: Store, typed: string): Promise<string> {
  refuseEmpty(typed, "deployment", "fraisier history lists them.");
  if (typed === "last") {
    const [newest] = await store.deploymentHistory({ limit: 1 });
    if (newest !== undefined) return newest.id;
    throw new UsageError("nothing was ever deployed");
  }
  const found = await store.findDeployment(typed);
  const [only, another] = found;
  if (only === undefined)
    throw new UsageError(`there is no deployment ${typed}`, { hint: "fraisier history lists them." });
  if (only === typed || another === undefined) return only;
  throw new UsageError(`${typed} may be any of ${found.join(", ")}`, { hint: "Type more of it." });
}
