import { openApp, targetOf } from "../../app.ts";
import { short } from "../../domain/decision.ts";
import { targetName } from "../../domain/fraise.ts";
import { worstOf } from "../../domain/verification.ts";
import { verifyActive } from "../../verify-active.ts";
import { checkStyle, checkTable } from "../check-table.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";

interface Options {
  readonly job?: string;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [fraise = "", environment = ""] = args;
  const app = await openApp(options.config);
  try {
    const target = targetOf(app.config, { fraise, environment, job: options.job ?? "" });
    const { revision, results, isRecorded } = await verifyActive(app, target);
    const status = worstOf(results.map((each) => each.status));
    const checks = results.map(({ durationMs, ...rest }) => ({ ...rest, duration_ms: durationMs }));
    if (print.isJson) print.json({ target: targetName(target), revision, status, recorded: isRecorded, checks });
    else {
      checkTable(print, checks);
      print.line(`${targetName(target)} at ${short(revision)}: ${checkStyle(print, status)}`);
      if (!isRecorded)
        print.line("not recorded: something was being deployed meanwhile, so it is not certain what was seen");
    }
    return status === "failed" ? EXIT.failed : EXIT.ok;
  } finally {
    await app.store.close();
  }
}
