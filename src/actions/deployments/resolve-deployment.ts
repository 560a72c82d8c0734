import type { Finding } from "../acting.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { refuseEmpty } from "../refuse-empty.ts";
import { guess } from "../targets/no-such-target.ts";

/** The deployment that a person means: an id, the beginning of an id, or `last`. @throws UsageError */
export async function resolveDeployment(
  { config, store }: Pick<Finding, "config" | "store">,
  typed: string,
): Promise<string> {
  refuseEmpty(typed, "deployment", "fraisier history lists them.");
  if (typed === "last") {
    const [newest] = await store.deployments.history({ limit: 1 });
    if (newest !== undefined) return newest.id;
    throw new UsageError("nothing was ever deployed");
  }
  const found = await store.deployments.find(typed);
  const [only, another] = found;
  if (only === undefined) {
    const names = config.targets.flatMap((each) => [each.fraise, targetName(each)]);
    throw new UsageError(`there is no deployment ${typed}`, {
      hint: `${guess(typed, names)}fraisier history lists them.`,
    });
  }
  if (only === typed || another === undefined) return only;
  throw new UsageError(`${typed} may be any of ${found.join(", ")}`, { hint: "Type more of it." });
}
