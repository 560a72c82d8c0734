import type { Config } from "./config.ts";
import { secretVariables } from "./secrets.ts";

/** These lead to the key of everybody's variables. */
const KEY_VARIABLES = ["CREDENTIALS_DIRECTORY", "FRAISIER_KEY_FILE"];
/** The runner's own mark. A service that a command restarts must not carry it: the next runner would end the service as something that a dead one left. */
const RUNNER_MARK = "FRAISIER_DEPLOYMENT";

/** The environment of the commands that fraisier runs: its own and the file `environment`, without what only fraisier itself may know. */
export function commandEnvironment(config: Config): Record<string, string> {
  const hidden = new Set([...secretVariables(config), ...KEY_VARIABLES, RUNNER_MARK]);
  return Object.fromEntries(
    Object.entries(config.variables.values).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !hidden.has(entry[0]),
    ),
  );
}
