import type { ZodRawShape } from "zod";
import type { Target } from "../config/config.ts";
import type { Fields } from "../config/keys/fields.ts";
import type { DeploymentOptions } from "../domain/deployment-options.ts";
import type { Step } from "../steps/step.ts";

/** The meaning of the word after `type:` in fraises.yaml. */
export interface Deployer {
  readonly type: string;
  /** For people: one sentence. */
  readonly summary: string;
  /** Keys of `environments.<name>` that only this type has, beside the ones all types share. */
  readonly settings: ZodRawShape | ((fields: Fields) => ZodRawShape);
  /** Its environments have `jobs:`, each a target of its own. */
  readonly hasJobs?: true;
  /** The component groups of a target, in order: what `--group` may name. Types without have none. */
  groups?(target: Target): readonly string[];
  /** In the order in which they run. */
  steps(target: Target, options: DeploymentOptions): readonly Step[];
  /**
   * The steps that make a release of a target live again that is still on disk, built and migrated as it was. Types without, whose deploying is more than their
   * code, go back by deploying the old revision.
   */
  back?(target: Target): readonly Step[];
}
