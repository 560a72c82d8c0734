import type { z } from "zod";
import type { Target } from "../config/config.ts";
import type { Fields } from "../config/keys/fields.ts";
import type { DeploymentOptions } from "../domain/deployment-options.ts";
import type { Step } from "../steps/step.ts";

/** A target whose settings have the keys of its type, as the schema of the type gives them. */
type TargetOf<Shape extends z.ZodRawShape> = Target & { readonly settings: z.output<z.ZodObject<Shape>> };

/** The meaning of the word after `type:` in fraises.yaml. */
export interface Deployer<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly type: string;
  /** For people: one sentence. */
  readonly summary: string;
  /** The keys that it has of those which all types share, for a type that has no use for the others. */
  readonly keys?: readonly string[];
  /** Keys of `environments.<name>` that only this type has, beside the ones all types share. */
  settings?(fields: Fields): Shape;
  /** Its environments have `jobs:`, each a target of its own. */
  readonly hasJobs?: true;
  /** The component groups of a target, in order: what `--group` may name. Types without have none. */
  groups?(target: TargetOf<Shape>): readonly string[];
  /** In the order in which they run. */
  steps(target: TargetOf<Shape>, options: DeploymentOptions): readonly Step[];
  /**
   * The steps that make a release of a target live again that is still on disk, built and migrated as it was. Types without, whose deploying is more than their
   * code, go back by deploying the old revision.
   */
  back?(target: TargetOf<Shape>): readonly Step[];
}

/** A deployer whose functions get the settings that its own schema gives. */
export function defineDeployer<Shape extends z.ZodRawShape>(deployer: Deployer<Shape>): Deployer {
  return deployer;
}
