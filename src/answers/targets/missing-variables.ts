import type { Sources } from "../sources.ts";
import type { Target } from "../../config/config.ts";

/**
 * The variables of `required_env_vars` that are neither set for the target, nor in the file `environment`, nor in this process's environment, which need not be
 * the daemon's.
 */
export async function missingVariables({ config, store }: Sources, target: Target): Promise<readonly string[]> {
  const required = target.settings.required_env_vars;
  if (required.length === 0) return [];
  const set = new Set((await store.variables.of(target)).map(({ name }) => name));
  return required.filter((name) => !set.has(name) && (config.variables.get(name) ?? "") === "");
}
