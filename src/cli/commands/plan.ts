import type { Invocation } from "../command-entry.ts";
import { askedOptions } from "../../actions/deployments/asked-options.ts";
import type { AskedOptions } from "../../actions/deployments/asked-options.ts";
import { wantedRevision } from "../../actions/deployments/wanted-revision.ts";
import type { Asked } from "../../actions/deployments/wanted-revision.ts";
import { planDocumentSchema } from "../../answers/schemas/plan-document.ts";
import { deploymentPlan } from "../../compose/planning/plan-documents.ts";
import { planScene } from "../deployments/plan-scene.ts";
import { EXIT } from "../exit-codes.ts";
import { printPlan } from "../print/print-plan.ts";
import { submitWish } from "../server/start-there.ts";
import { wordFor } from "../server/word-for.ts";
import { withTargetThere } from "../targets/with-target.ts";

interface Options extends Asked, AskedOptions {
  readonly job?: string;
}

export async function run(invocation: Invocation<Options>): Promise<number> {
  const { args, options, print } = invocation;
  const plan = await withTargetThere(invocation, "look", {
    async here(scene) {
      const asked = askedOptions(scene.target, options);
      return await deploymentPlan(planScene(scene), await wantedRevision(scene.app, scene.target, options), asked);
    },
    async there(client) {
      const { revision, ref } = options;
      const { reason: _reason, override: _override, ...steps } = submitWish(options);
      return await client.ask("plan", { target: wordFor(args, options), revision, ref, ...steps }, planDocumentSchema);
    },
  });
  printPlan(plan, print);
  return EXIT.ok;
}
