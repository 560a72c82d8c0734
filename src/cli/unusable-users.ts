import { statSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { targetName } from "../domain/fraise.ts";
import { accountOf, userNameOf } from "../host/accounts.ts";

/**
 * Users that commands are to run as although fraisier may not become them, a sentence each: only root may. Empty if root owns the state folder, or if there
 * is none yet.
 */
export function unusableUsers({ targets, deployment }: Pick<Config, "targets" | "deployment">): readonly string[] {
  const owner = statSync(deployment.state_directory, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || owner === 0) return [];
  const service = userNameOf(owner);
  return targets.flatMap((target) => {
    const { user, install, build, test, database, service: managed, verify } = target.settings;
    const checks = verify?.checks.map((each) => each["user"]) ?? [];
    const named = [user, install?.user, build?.user, test?.user, database?.user, managed?.["user"], ...checks];
    const others = named.filter((name): name is string => typeof name === "string" && accountOf(name)?.uid !== owner);
    return [...new Set(others)].map(
      (name) =>
        `${targetName(target)}: commands cannot run as ${name}: fraisier runs as ${service} here, and only root may become another user. Take \`user: ${name}\` away; the service's own unit may have a User=`,
    );
  });
}
