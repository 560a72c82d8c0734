import { openApp } from "../../compose/app.ts";
import type { Invocation } from "../command-entry.ts";
import { submitDeployment } from "../deployments/submit-deployment.ts";
import type { SubmitOptions } from "../deployments/submit-deployment.ts";
import { wantedRevision } from "../deployments/wanted-revision.ts";
import type { Asked } from "../deployments/wanted-revision.ts";
import { namedTarget } from "../targets/named-target.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";

interface Options extends Asked, SubmitOptions {
  readonly job?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const app = await openApp(options.config);
  try {
    const target = namedTarget(app.config, args, options);
    return await withoutSecrets(app, target, async () =>
      submitDeployment(app, target, await wantedRevision(app, target, options), options, print),
    );
  } finally {
    await app.store.close();
  }
}
