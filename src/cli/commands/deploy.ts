import type { Invocation } from "../command-entry.ts";
import { submitDeployment } from "../deployments/submit-deployment.ts";
import type { SubmitOptions } from "../deployments/submit-deployment.ts";
import { wantedRevision } from "../../actions/deployments/wanted-revision.ts";
import type { Asked } from "../../actions/deployments/wanted-revision.ts";
import { withTarget } from "../targets/with-target.ts";

interface Options extends Asked, SubmitOptions {
  readonly job?: string;
}

export async function run(invocation: Invocation<Options>): Promise<number> {
  const { options } = invocation;
  return await withTarget(invocation, async (scene) => {
    const wanted = await wantedRevision(scene.app, scene.target, options);
    return await submitDeployment(scene, wanted, options);
  });
}
