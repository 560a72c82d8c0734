import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { EXIT } from "../../exit-codes.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { Print } from "../../print/print.ts";
import { checkTarget } from "../../targets/check-target.ts";
import type { CheckResult } from "../../targets/check-target.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";
import { withTarget } from "../../targets/with-target.ts";

/** `fraisier target test <fraise> <environment>`: whether everything a deployment needs can be reached from here, each by itself. */
export async function run(invocation: Invocation<TargetOptions>): Promise<number> {
  return await withTarget(invocation, async ({ app, target, print }) => {
    const results = await checkTarget(app, target);
    const isReady = results.every(({ ok }) => ok);
    if (print.isJson) print.json({ target: targetName(target), ok: isReady, checks: results });
    else printResults(results, print);
    return isReady ? EXIT.ok : EXIT.failed;
  });
}

function printResults(results: readonly CheckResult[], print: Print): void {
  print.table(
    ["CHECK", "RESULT", "SEEN"],
    results.map(({ check, ok, seen }) => [
      check,
      ok ? print.style("green", "ok") : print.style("red", "failed"),
      harmless(seen.replaceAll("\n", " ")),
    ]),
  );
  for (const { check, hint } of results) if (hint !== undefined) print.line(`${check}: ${harmless(hint)}`);
}
