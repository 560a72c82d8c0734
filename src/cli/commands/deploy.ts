import type { Invocation } from "../command-entry.ts";
import { isWaitWanted } from "../deployments/follow-queued.ts";
import { submitDeployment } from "../deployments/submit-deployment.ts";
import type { SubmitOptions } from "../deployments/submit-deployment.ts";
import { wantedRevision } from "../../actions/deployments/wanted-revision.ts";
import type { Asked } from "../../actions/deployments/wanted-revision.ts";
import { needOf, startThere, submitWish } from "../server/start-there.ts";
import { wordFor } from "../server/word-for.ts";
import { withTargetThere } from "../targets/with-target.ts";

interface Options extends Asked, SubmitOptions {
  readonly job?: string;
}

export async function run(invocation: Invocation<Options>): Promise<number> {
  const { args, options, print } = invocation;
  return await withTargetThere(invocation, needOf(options), {
    async here(scene) {
      const wanted = await wantedRevision(scene.app, scene.target, options);
      return await submitDeployment(scene, wanted, options);
    },
    async there(client) {
      const { revision, ref } = options;
      const wish = { target: wordFor(args, options), revision, ref, ...submitWish(options) };
      return await startThere(client, "deploy", wish, { ...options, wait: isWaitWanted(options, print), print });
    },
  });
}
