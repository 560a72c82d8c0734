import { environmentOf } from "../app.ts";
import type { App } from "../app.ts";
import { secretValues } from "../config/secrets.ts";
import { redactError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { redactor } from "../domain/redact.ts";

/**
 * For every verb that runs commands of a target: what they printed may hold what they were given, and errors quote it. Neither the target's variables
 * nor the configuration's secrets are in what this throws.
 */
export async function withoutSecrets<Result>(
  app: App,
  target: TargetKey,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // Variables that cannot be opened were given to nobody.
    const { redact } = await environmentOf(app, target).catch(() => ({ redact: redactor(secretValues(app.config)) }));
    throw redactError(error, redact);
  }
}
