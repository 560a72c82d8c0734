import type { App } from "../../compose/app.ts";
import type { Target } from "../../config/config.ts";
import { askedOptions } from "./asked-options.ts";
import type { AskedOptions } from "./asked-options.ts";
import { dryRun } from "./dry-run.ts";
import { EXIT } from "../exit-codes.ts";
import { overrideOf } from "./override.ts";
import { person } from "../person.ts";
import type { Print } from "../print/print.ts";
import { startDeployment } from "./start-deployment.ts";
import type { WantedRevision } from "./wanted-revision.ts";

/** The options of every command that deploys. */
export interface SubmitOptions extends AskedOptions {
  /** The person, for the record. */
  readonly reason?: string;
  /** The reason why locks and freeze windows do not count for it. */
  readonly override?: string;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

/** Deploys a revision because a person wants it; with `dryRun` only says what would be done. Returns the exit code. */
export async function submitDeployment(
  app: App,
  target: Target,
  found: WantedRevision,
  options: SubmitOptions,
  print: Print,
): Promise<number> {
  const asked = askedOptions(target, options);
  if (options.dryRun === true) {
    await dryRun(app, target, found, asked, print);
    return EXIT.ok;
  }
  const wanted = {
    ...found,
    previous: undefined,
    forced: true,
    message: options.reason ?? "",
    triggeredBy: person(),
    options: asked,
    ...overrideOf(options.override),
  };
  return await startDeployment(app, target, "person", wanted, { wait: options.wait === true }, print);
}
