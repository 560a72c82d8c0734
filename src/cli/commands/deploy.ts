import { openApp, targetOf } from "../../app.ts";
import type { Invocation } from "../command-entry.ts";
import { submitDeployment } from "../deployments/submit-deployment.ts";
import type { SubmitOptions } from "../deployments/submit-deployment.ts";
import { wantedRevision } from "../deployments/wanted-revision.ts";
import type { Asked } from "../deployments/wanted-revision.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";

interface Options extends Asked, SubmitOptions {
  readonly job?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [fraise = "", environment = ""] = args;
  const app = await openApp(options.config);
  try {
    const target = targetOf(app.config, { fraise, environment, job: options.job ?? "" });
    return await withoutSecrets(app, target, async () =>
      submitDeployment(app, target, await wantedRevision(app, target, options), options, print),
    );
  } finally {
    await app.store.close();
  }
}
