import { openApp } from "../../compose/app.ts";
import type { Invocation } from "../command-entry.ts";
import { askedOptions } from "../deployments/asked-options.ts";
import type { AskedOptions } from "../deployments/asked-options.ts";
import { dryRun } from "../deployments/dry-run.ts";
import { EXIT } from "../exit-codes.ts";
import { wantedRevision } from "../deployments/wanted-revision.ts";
import type { Asked } from "../deployments/wanted-revision.ts";
import { namedTarget } from "../targets/named-target.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";

interface Options extends Asked, AskedOptions {
  readonly job?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const app = await openApp(options.config);
  try {
    const target = namedTarget(app.config, args, options);
    const asked = askedOptions(target, options);
    await withoutSecrets(app, target, async () =>
      dryRun(app, target, await wantedRevision(app, target, options), asked, print),
    );
    return EXIT.ok;
  } finally {
    await app.store.close();
  }
}
