import type { App } from "../../compose/app.ts";
import type { Target } from "../../config/config.ts";
import type { Invocation } from "../command-entry.ts";
import { abortOnInterrupt } from "../deployments/interrupt.ts";
import { withoutSecrets } from "../../compose/without-secrets.ts";
import { EXIT } from "../exit-codes.ts";
import { harmless } from "../../domain/harmless.ts";
import { namedTargetAndRest } from "../../actions/targets/named-target.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { withApp } from "../../compose/with-store.ts";

/** Work with the database of a target. */
export interface DatabaseWork {
  readonly app: App;
  readonly target: Target;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  log(line: string): void;
}

/**
 * Opens what a verb for a target's database needs, and closes everything after the work. @param most how many words may follow the name of the target; the work
 * gets the first of them.
 */
export async function withDatabaseWork(
  { args, options, print }: Invocation<TargetOptions>,
  most: 0 | 1,
  act: (work: DatabaseWork, typed: string | undefined) => Promise<void>,
): Promise<number> {
  return await withApp(options.config, async (app) => {
    using interruption = abortOnInterrupt();
    const { signal } = interruption;
    const { target, rest } = namedTargetAndRest(app.config, args, { ...options, most });
    const log = (line: string): void => {
      if (!print.isJson) print.line(harmless(line));
    };
    await withoutSecrets(app, target, () => act({ app, target, signal, log }, rest[0]));
    return EXIT.ok;
  });
}
