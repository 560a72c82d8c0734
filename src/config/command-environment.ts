import { DEPLOYMENT_VARIABLE } from "../domain/deployment-variable.ts";
import type { Config } from "./config.ts";
import { secretVariables } from "./secrets.ts";

/** These lead to the key of everybody's variables. */
const KEY_VARIABLES = ["CREDENTIALS_DIRECTORY", "FRAISIER_KEY_FILE"];

/** The environment of the commands that fraisier runs: its own and the file `environment`, without what only fraisier itself may know. */
export function commandEnvironment(config: Config): Record<string, string> {
  const hidden = new Set([...secretVariables(config), ...KEY_VARIABLES, DEPLOYMENT_VARIABLE]);
  return Object.fromEntries(
    Object.entries(config.variables.values).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !hidden.has(entry[0]),
    ),
  );
}
