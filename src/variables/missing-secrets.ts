import type { Config, Target } from "../config/config.ts";
import { checkSecrets, missingOfTarget } from "../config/secrets/secrets.ts";
import type { ConfigProblem } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";

/** Every secret that is nowhere: neither in this process's environment nor among the variables that are set for its target. */
export async function missingSecrets(
  config: Config,
  store: Pick<Store, "variables">,
): Promise<readonly ConfigProblem[]> {
  const ofTargets: ConfigProblem[] = [];
  for (const target of config.targets) ofTargets.push(...(await missingSecretsOf(target, store)));
  return [...checkSecrets({ ...config, targets: [] }), ...ofTargets];
}

/** The secrets of one target that are neither in this process's environment nor among the target's variables. */
export async function missingSecretsOf(
  target: Target,
  store: Pick<Store, "variables">,
): Promise<readonly ConfigProblem[]> {
  // The store is asked only if there is a reason to ask.
  if (missingOfTarget(target).length === 0) return [];
  return missingOfTarget(
    target,
    (await store.variables.of(target)).map(({ name }) => name),
  );
}
