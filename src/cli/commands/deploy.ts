import { openApp, targetOf } from "../../app.ts";
import type { Invocation } from "../command-entry.ts";
import { dryRun } from "../dry-run.ts";
import { EXIT } from "../exit-codes.ts";
import { overrideOf } from "../override.ts";
import { person } from "../person.ts";
import { startDeployment } from "../start-deployment.ts";
import { wantedRevision } from "../wanted-revision.ts";
import type { Asked } from "../wanted-revision.ts";

interface Options extends Asked {
  readonly job?: string;
  readonly reason?: string;
  readonly override?: string;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [fraise = "", environment = ""] = args;
  const app = await openApp(options.config);
  try {
    const target = targetOf(app.config, { fraise, environment, job: options.job ?? "" });
    const found = await wantedRevision(app, target, options);
    if (options.dryRun === true) {
      await dryRun(app, target, found, print);
      return EXIT.ok;
    }
    const wanted = {
      ...found,
      previous: undefined,
      forced: true,
      message: options.reason ?? "",
      triggeredBy: person(),
      ...overrideOf(options.override),
    };
    return await startDeployment(app, target, "person", wanted, { wait: options.wait === true }, print);
  } finally {
    await app.store.close();
  }
}
