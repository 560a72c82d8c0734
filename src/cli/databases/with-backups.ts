import type { App } from "../../compose/app.ts";
import { openApp } from "../../compose/app.ts";
import type { Backups } from "../../backups/backups.ts";
import type { Target } from "../../config/config.ts";
import { StepFailed } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import { onInterrupt } from "../deployments/interrupt.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";
import { EXIT } from "../exit-codes.ts";
import { harmless } from "../print/harmless.ts";
import { namedTargetAndRest } from "../targets/named-target.ts";
import type { TargetOptions } from "../targets/target-words.ts";
import { backupsOfTarget } from "./backups-of-target.ts";

/** The things that a verb of `fraisier backup` works with. */
export interface BackupScene {
  readonly app: App;
  readonly target: Target;
  readonly backups: Backups;
  /** The backup that was named on the command line. */
  readonly typed: string | undefined;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Opens the backups of the target that the command line names, and closes everything after the work. A backup may be named behind the target. */
export async function withBackups(
  { args, options, print }: Invocation<TargetOptions>,
  most: 0 | 1,
  act: (scene: BackupScene) => Promise<void>,
): Promise<number> {
  const app = await openApp(options.config);
  const interruption = new AbortController();
  const { signal } = interruption;
  using _interrupt = onInterrupt(
    () => interruption.abort(new StepFailed("interrupted")),
    () => process.exit(EXIT.interrupted),
  );
  try {
    const { target, rest } = namedTargetAndRest(app.config, args, { ...options, most });
    const log = (line: string): void => {
      if (!print.isJson) print.line(harmless(line));
    };
    await withoutSecrets(app, target, async () => {
      const backups = await backupsOfTarget(app, target, signal, log);
      await act({ app, target, backups, typed: rest[0], signal, log });
    });
    return EXIT.ok;
  } finally {
    await app.store.close();
  }
}
