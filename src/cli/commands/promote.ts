import { openApp } from "../../compose/app.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Invocation } from "../command-entry.ts";
import { namedTarget } from "../targets/named-target.ts";
import { lenderNow } from "../../answers/targets/lender-now.ts";
import { submitDeployment } from "../deployments/submit-deployment.ts";
import type { SubmitOptions } from "../deployments/submit-deployment.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";

interface Options extends SubmitOptions {
  readonly job?: string;
}

/** Deploys to one environment exactly the revision that runs in another one, wherever its branches point by now. */
export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [fraise = "", from = "", to = ""] = args;
  if (from === to) throw new UsageError(`${from} is promoted to itself`, { hint: "fraisier promote FRAISE FROM TO" });
  const app = await openApp(options.config);
  try {
    const source = namedTarget(app.config, [fraise, from], options);
    const target = namedTarget(app.config, [fraise, to], options);
    const [row] = await app.store.targets.status(source);
    if (row?.revision === undefined) {
      throw new UsageError(`nothing of fraisier's runs in ${targetName(source)}`, {
        hint: `fraisier deploy ${fraise} ${from} comes first.`,
      });
    }
    const lender = await lenderNow(source, app.store);
    // A promotion takes the revision that runs now: the lender of borrowed code may have deployed or rolled back since this target was deployed.
    const isInStep = lender === undefined || lender.revision === row.revision;
    const revision = isInStep ? row.revision : lender.revision;
    if (revision === undefined)
      throw new UsageError(`${lender?.name}, whose code ${targetName(source)} runs, runs nothing`);
    const ref = isInStep ? row.ref : undefined;
    const reason = options.reason ?? `promoted from ${from}`;
    return await withoutSecrets(app, target, () =>
      submitDeployment(app, target, { revision, ref }, { ...options, reason }, print),
    );
  } finally {
    await app.store.close();
  }
}
