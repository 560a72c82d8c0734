import { runClaimed } from "../../compose/runner.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";

export async function run({ args, options }: Invocation): Promise<number> {
  const outcome = await runClaimed(options.config, args[0] ?? "");
  return outcome === undefined || outcome === "succeeded" || outcome === "skipped" ? EXIT.ok : EXIT.failed;
}
