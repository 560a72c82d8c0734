import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";

export interface TargetOptions {
  readonly job?: string;
  readonly type?: string;
  readonly repository?: string;
  readonly cloneUrl?: string;
  readonly forge?: string;
  readonly description?: string;
  readonly branch?: string;
  readonly appPath?: string;
  readonly service?: string;
  readonly healthUrl?: string;
  /** `key.path=value`, as often as given. */
  readonly set: readonly string[];
  readonly unset: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly keepVariables?: boolean;
}

/** The arguments of `fraisier target <verb>`; `args` are the words behind the verb. Gives the exit code. */
export type TargetCommand = (invocation: Invocation<TargetOptions>) => Promise<number>;

/** @throws UsageError when one of the two is missing. */
export function namesOf(verb: string, [fraise, environment]: readonly string[]): readonly [string, string] {
  if (fraise !== undefined && environment !== undefined) return [fraise, environment];
  throw new UsageError(`which target? fraisier target ${verb} <fraise> <environment>`, {
    hint: "fraisier target list shows what there is.",
  });
}
