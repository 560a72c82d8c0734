import { STORE_VARIABLE } from "../domain/store-variable.ts";
import type { Launch } from "./launcher.ts";

/** Says how a runner was launched: every runner has it in its environment. */
export const RUNNER_VARIABLE = "FRAISIER_RUNNER";

/** The environment of a runner: that of this process without what is withheld from runners, and the store that this process works with. */
export function runnerEnvironment(
  kind: string,
  { withheld = [], store }: Pick<Launch, "withheld" | "store">,
): Record<string, string> {
  const env = { ...process.env, [RUNNER_VARIABLE]: kind } as Record<string, string>;
  if (store !== undefined) env[STORE_VARIABLE] = store;
  for (const name of withheld) delete env[name];
  return env;
}
