import type { Config } from "./config.ts";
import { secretVariables } from "./secrets.ts";
import type { Environment } from "./secrets.ts";

/** The environment of the commands fraisier runs: its own, without what only fraisier itself may know. */
export function commandEnvironment(config: Config, env: Environment): Record<string, string> {
  const hidden = new Set(secretVariables(config));
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && !hidden.has(entry[0])),
  );
}
