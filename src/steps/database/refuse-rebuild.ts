import { StepFailed } from "../../domain/errors.ts";
import { isProduction } from "../../domain/fraise.ts";
import type { Deployment } from "../../domain/deployment.ts";
import type { StepContext } from "../capabilities.ts";

/** Names the target whose database may be emptied, for deployments a person starts where no daemon runs. */
const FORCE = "FRAISIER_FORCE_REBUILD";

/** @throws StepFailed for production, unless a person of this machine asked for exactly this. */
export function refuseRebuild({
  target,
  deployment,
  env,
}: Pick<StepContext<"env">, "target" | "env"> & { readonly deployment: Pick<Deployment, "trigger"> }): void {
  if (!isProduction(target.environment)) return;
  const name = `${target.fraise}/${target.environment}`;
  if (deployment.trigger === "person" && env[FORCE] === name) return;
  throw new StepFailed(`strategy rebuild would empty the database of ${name}`, {
    hint: `Nothing was touched. A person may: fraisier migration apply ${name} --rebuild --force-rebuild, or with ${FORCE}=${name} set for the runner.`,
  });
}
