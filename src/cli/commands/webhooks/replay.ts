import { decideAgain } from "../../../actions/decide-again.ts";
import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { instancesOf } from "../../forges/instances-of.ts";
import { person } from "../../person.ts";
import { harmless } from "../../../domain/harmless.ts";
import { withReader } from "../../../compose/with-store.ts";

/** `fraisier webhooks replay <delivery>`: decides a stored delivery again. */
export async function run({ args, options, print }: Invocation): Promise<number> {
  return await withReader(options.config, async ({ config, store }) => {
    const { act } = await decideAgain({ config, store }, instancesOf(config), args[0], person());
    const recorded = await act();
    if (print.isJson) {
      print.json(recorded);
      return 0;
    }
    for (const each of recorded?.decisions ?? []) {
      const target = each.target === undefined ? "" : `${targetName(each.target)}: `;
      const led = each.deployment === undefined ? "" : ` [${each.deployment}]`;
      print.line(`${target}${each.decision}: ${harmless(each.reason)}${led}`);
    }
    return 0;
  });
}
