import type { Invocation } from "../command-entry.ts";
import { askedOptions } from "../../actions/deployments/asked-options.ts";
import type { AskedOptions } from "../../actions/deployments/asked-options.ts";
import { dryRun } from "../deployments/dry-run.ts";
import { wantedRevision } from "../../actions/deployments/wanted-revision.ts";
import type { Asked } from "../../actions/deployments/wanted-revision.ts";
import { EXIT } from "../exit-codes.ts";
import { withTarget } from "../targets/with-target.ts";

interface Options extends Asked, AskedOptions {
  readonly job?: string;
}

export async function run(invocation: Invocation<Options>): Promise<number> {
  const { options } = invocation;
  return await withTarget(invocation, async (scene) => {
    const asked = askedOptions(scene.target, options);
    await dryRun(scene, await wantedRevision(scene.app, scene.target, options), asked);
    return EXIT.ok;
  });
}
