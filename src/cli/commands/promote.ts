import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import { namedTarget } from "../../actions/targets/named-target.ts";
import { promotedRevision } from "../../actions/deployments/promoted-revision.ts";
import { submitDeployment } from "../deployments/submit-deployment.ts";
import type { SubmitOptions } from "../deployments/submit-deployment.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";
import { withApp } from "../../compose/with-store.ts";

interface Options extends SubmitOptions {
  readonly job?: string;
}

/** Deploys to one environment exactly the revision that runs in another one, wherever its branches point by now. */
export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [fraise = "", from = "", to = ""] = args;
  if (from === to) throw new UsageError(`${from} is promoted to itself`, { hint: "fraisier promote FRAISE FROM TO" });
  return await withApp(options.config, async (app) => {
    const source = namedTarget(app.config, [fraise, from], options);
    const target = namedTarget(app.config, [fraise, to], options);
    const promoted = await promotedRevision(app, source);
    const reason = options.reason ?? `promoted from ${from}`;
    return await withoutSecrets(app, target, () =>
      submitDeployment({ app, target, print }, promoted, { ...options, reason }),
    );
  });
}
