import { openApp } from "../../../compose/app.ts";
import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { EXIT } from "../../exit-codes.ts";
import { harmless } from "../../print/harmless.ts";
import { checkTarget } from "../../targets/check-target.ts";
import { namedTarget } from "../../targets/named-target.ts";
import type { TargetOptions } from "../../targets/target-words.ts";

/** `fraisier target test <fraise> <environment>`: whether everything a deployment needs can be reached from here, each by itself. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const app = await openApp(options.config);
  try {
    const target = namedTarget(app.config, args, options);
    const results = await checkTarget(app, target);
    const exitCode = results.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
    if (print.isJson) {
      print.json({ target: targetName(target), ok: exitCode === EXIT.ok, checks: results });
      return exitCode;
    }
    print.table(
      ["CHECK", "RESULT", "SEEN"],
      results.map(({ check, ok, seen }) => [
        check,
        ok ? print.style("green", "ok") : print.style("red", "failed"),
        harmless(seen.replaceAll("\n", " ")),
      ]),
    );
    for (const { check, hint } of results) if (hint !== undefined) print.line(`${check}: ${harmless(hint)}`);
    return exitCode;
  } finally {
    await app.store.close();
  }
}
