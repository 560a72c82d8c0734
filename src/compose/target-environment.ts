import { commandEnvironment } from "../config/secrets/command-environment.ts";
import { secretValues } from "../config/secrets/secrets.ts";
import type { FraisierError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { redactor } from "../domain/redact.ts";
import type { App } from "./app.ts";

/** The environment of a target's commands, and a redactor that keeps its secrets out of everything that people read. */
export interface TargetEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** The variables that are set for the target; they are in `env`, too. */
  readonly variables: ReadonlyMap<string, string>;
  redact(text: string): string;
}

/** The environment as far as it can be read, and why the target's variables cannot: without them nothing new may begin, but what was begun can be taken back. */
export interface ReadEnvironment extends TargetEnvironment {
  readonly fault: FraisierError | undefined;
}

/** @param secrets `webhookSecrets: false` for a runner, which may not know the secrets of webhooks. */
export async function readEnvironment(
  { config, store, host }: App,
  target: TargetKey,
  secrets: { readonly webhookSecrets?: boolean } = {},
): Promise<ReadEnvironment> {
  const stateDirectory = config.deployment.state_directory;
  // A command that needs no variables does not load the code that opens them.
  const [{ openVault }, { targetVariables }] = await Promise.all([
    import("../variables/vault.ts"),
    import("../variables/target-variables.ts"),
  ]);
  const vault = openVault({ store, files: host.files, stateDirectory, env: config.variables.values });
  const { values: variables, secrets: guarded, error: fault } = await targetVariables(vault, target);
  const own = Object.fromEntries(variables);
  return {
    env: { ...commandEnvironment(config, target), ...own },
    variables,
    redact: redactor([...secretValues(config, own, secrets), ...guarded]),
    fault,
  };
}

/** For the commands of people. @throws HostUnavailable when the target's variables cannot be opened. */
export async function environmentOf(app: App, target: TargetKey): Promise<TargetEnvironment> {
  const { fault, ...environment } = await readEnvironment(app, target);
  if (fault !== undefined) throw fault;
  return environment;
}
