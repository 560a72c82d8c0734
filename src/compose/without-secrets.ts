import { readEnvironment } from "./target-environment.ts";
import type { App } from "./app.ts";
import { redactError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";

/**
 * Wraps every verb that runs commands of a target: their output may hold secrets that they were given, and errors quote it. Errors that pass through here hold
 * neither the target's variables nor the configuration's secrets.
 */
export async function withoutSecrets<Result>(
  app: App,
  target: TargetKey,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // Variables that cannot be opened were given to no command.
    const { redact } = await readEnvironment(app, target);
    throw redactError(error, redact);
  }
}
