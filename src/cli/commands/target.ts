import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import type { TargetCommand, TargetOptions } from "../targets/target-command.ts";

/** Each verb is loaded only when it is used. */
const VERBS: Readonly<Record<string, () => Promise<TargetCommand>>> = {
  add: async () => (await import("../targets/change-target.ts")).addToFile,
  update: async () => (await import("../targets/change-target.ts")).updateInFile,
  remove: async () => (await import("./target/remove.ts")).removeFromFile,
  show: async () => (await import("./target/show.ts")).showTarget,
  test: async () => (await import("./target/test.ts")).testTarget,
  list: async () => {
    const { run: list } = await import("./list.ts");
    return async ({ args, options: { config, json }, print }) =>
      await list({
        args,
        options: { ...(config === undefined ? {} : { config }), ...(json === undefined ? {} : { json }) },
        print,
      });
  },
};

export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const [verb = "", ...rest] = args;
  const load = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (load === undefined) {
    throw new UsageError(`target knows no "${verb}"`, { hint: `fraisier target ${Object.keys(VERBS).join(", ")}.` });
  }
  return await (
    await load()
  )({ args: rest, options, print });
}
