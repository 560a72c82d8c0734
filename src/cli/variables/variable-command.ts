import type { App } from "../../app.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Vault } from "../../variables/vault.ts";
import type { Invocation } from "../command-entry.ts";

export interface VariableOptions {
  /** `--target <environment>`. */
  readonly target?: string;
  readonly job?: string;
  readonly reveal?: boolean;
}

/** The arguments of `fraisier env <verb>`; `args` are the words behind the verb. Gives the exit code. */
export interface VariableInvocation extends Invocation<VariableOptions> {
  readonly app: App;
  readonly vault: Vault;
  /** The text of the file that was named on the command line. */
  readonly input: string | undefined;
}

export type VariableCommand = (invocation: VariableInvocation) => Promise<number>;

/** Also takes a target that left fraises.yaml and still has variables, which can be listed and deleted. @throws UsageError */
export async function ownerOnRecord(invocation: VariableInvocation): Promise<TargetKey> {
  const { app, args, options } = invocation;
  const { target: environment = "", job = "" } = options;
  const gone = { fraise: args[0] ?? "", environment, job };
  const isKnown = app.config.targets.some((each) => each.fraise === gone.fraise && each.environment === environment);
  if (!isKnown && (await app.store.variablesOf(gone)).length > 0) return gone;
  return ownerOf(invocation);
}

/** The owner of the variables: an environment (for all of its jobs) or one job. @throws UsageError that names those there are. */
export function ownerOf({ app: { config }, args, options }: VariableInvocation): TargetKey {
  const [fraise = ""] = args;
  const { target: environment, job = "" } = options;
  if (fraise === "") throw new UsageError("which fraise? fraisier env <verb> <fraise> … --target <environment>");
  const ofFraise = config.targets.filter((each) => each.fraise === fraise);
  if (ofFraise.length === 0) {
    const names = [...new Set(config.targets.map((each) => each.fraise))];
    throw new UsageError(`${config.file} has no fraise ${fraise}`, { hint: `It has ${names.join(", ")}.` });
  }
  const found = ofFraise.filter((each) => each.environment === environment);
  if (environment === undefined || found.length === 0) {
    const names = [...new Set(ofFraise.map((each) => each.environment))];
    throw new UsageError(
      environment === undefined
        ? "--target is missing: which environment?"
        : `${fraise} has no environment ${environment}`,
      { hint: `It has ${names.join(", ")}: --target ${names[0]}` },
    );
  }
  if (job !== "" && !found.some((each) => each.job === job)) {
    const names = found.map((each) => each.job).filter((each) => each !== "");
    throw new UsageError(`${fraise}/${environment} has no job ${job}`, {
      hint: names.length === 0 ? "It has no jobs." : `It has ${names.join(", ")}.`,
    });
  }
  return { fraise, environment, job };
}
