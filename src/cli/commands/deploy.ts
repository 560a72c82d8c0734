import { openApp, targetOf } from "../../app.ts";
import type { Invocation } from "../command-entry.ts";
import { submitDeployment } from "../submit-deployment.ts";
import type { SubmitOptions } from "../submit-deployment.ts";
import { wantedRevision } from "../wanted-revision.ts";
import type { Asked } from "../wanted-revision.ts";
import { withoutSecrets } from "../without-secrets.ts";

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
