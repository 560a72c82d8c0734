import { statSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { targetName } from "../../domain/fraise.ts";
import { userObstacles } from "../../sandbox/users-of-target.ts";

/** The reasons why commands cannot run as the users that targets name, a sentence each. Empty if root owns the state folder, or if there is none yet. */
export async function unusableUsers({
  targets,
  deployment,
}: Pick<Config, "targets" | "deployment">): Promise<readonly string[]> {
  const owner = statSync(deployment.state_directory, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || owner === 0) return [];
  const sentences: string[] = [];
  for (const target of targets) {
    for (const { problem, hint } of await userObstacles(target, owner))
      sentences.push(`${targetName(target)}: ${problem}. ${hint}`);
  }
  return sentences;
}
