import { commandEnvironment } from "../config/secrets/command-environment.ts";
import { secretValues } from "../config/secrets/secrets.ts";
import type { FraisierError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { redactor } from "../domain/redact.ts";
import type { App } from "./app.ts";
import { vaultOf } from "./vault-of.ts";

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
  app: App,
  target: TargetKey,
  secrets: { readonly webhookSecrets?: boolean } = {},
): Promise<ReadEnvironment> {
  const [vault, { targetVariables }] = await Promise.all([vaultOf(app), import("../variables/target-variables.ts")]);
  const { values: variables, secrets: guarded, error: fault } = await targetVariables(vault, target);
  const own = Object.fromEntries(variables);
  return {
    env: { ...commandEnvironment(app.config, target), ...own },
    variables,
    redact: redactor([...secretValues(app.config, own, secrets), ...guarded]),
    fault,
  };
}

/** For the commands of people. @throws HostUnavailable when the target's variables cannot be opened. */
export async function environmentOf(app: App, target: TargetKey): Promise<TargetEnvironment> {
  const { fault, ...environment } = await readEnvironment(app, target);
  if (fault !== undefined) throw fault;
  return environment;
}
