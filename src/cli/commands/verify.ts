import { openApp } from "../../compose/app.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import { worstOf } from "../../domain/verification.ts";
import { verifyActive } from "../../compose/verify-active.ts";
import { checkStyle, checkTable } from "../print/check-table.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";
import { abortOnInterrupt } from "../deployments/interrupt.ts";
import { namedTarget } from "../targets/named-target.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";

interface Options {
  readonly job?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const app = await openApp(options.config);
  using interruption = abortOnInterrupt();
  const { signal } = interruption;
  try {
    const target = namedTarget(app.config, args, options);
    const { revision, results, isRecorded } = await withoutSecrets(app, target, () =>
      verifyActive(app, target, signal),
    );
    const status = worstOf(results.map((each) => each.status));
    const checks = results.map(({ type, name, status: own, seen, durationMs, at }) => ({
      type,
      name,
      status: own,
      seen,
      duration_ms: durationMs,
      at,
    }));
    if (print.isJson) print.json({ target: targetName(target), revision, status, recorded: isRecorded, checks });
    else {
      checkTable(print, results);
      print.line(`${targetName(target)} at ${short(revision)}: ${checkStyle(print, status)}`);
      if (!isRecorded)
        print.line(
          "not recorded: something was being deployed meanwhile, or the code of another target is read at another revision; fraisier status shows what runs",
        );
    }
    return status === "failed" ? EXIT.failed : EXIT.ok;
  } catch (error) {
    // The processes of the checks were ended; nothing is recorded.
    if (signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    await app.store.close();
  }
}
