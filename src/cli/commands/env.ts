import { openApp } from "../../app.ts";
import { UsageError } from "../../domain/errors.ts";
import { openVault } from "../../variables/vault.ts";
import { readVariableFile } from "../variables/read-variable-file.ts";
import type { Invocation } from "../command-entry.ts";
import type { VariableCommand, VariableOptions } from "../variables/variable-command.ts";

/** Each verb is loaded only when it is used. */
const VERBS: Readonly<Record<string, () => Promise<VariableCommand>>> = {
  set: async () => (await import("./env/set.ts")).setVariable,
  get: async () => (await import("./env/get.ts")).getVariable,
  list: async () => (await import("./env/list.ts")).listVariables,
  delete: async () => (await import("./env/delete.ts")).deleteVariableByName,
  import: async () => (await import("./env/import.ts")).importVariables,
  "rotate-key": async () => (await import("./env/rotate-key.ts")).rotateKey,
};

export async function run({ args, options, print }: Invocation<VariableOptions>): Promise<number> {
  const [verb = "", ...rest] = args;
  const load = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (load === undefined) {
    throw new UsageError(`env knows no "${verb}"`, { hint: `fraisier env ${Object.keys(VERBS).join(", ")}.` });
  }
  // The file belongs to the person who asks: root may read it, and the service's user, whom root becomes, may not.
  const input = verb === "import" ? await readVariableFile(rest[1] ?? "-") : undefined;
  // A key that only root may read, given to the service as a credential, can only be changed by root.
  const as = verb === "rotate-key" && (process.env["FRAISIER_KEY_FILE"] ?? "") !== "" ? "asker" : "owner";
  const [app, command] = await Promise.all([openApp(options.config, { as }), load()]);
  const { config, store, host } = app;
  try {
    const stateDirectory = config.deployment.state_directory;
    const vault = openVault({ store, files: host.files, stateDirectory, env: config.variables.values });
    return await command({ app, vault, args: rest, options, print, input });
  } finally {
    await store.close();
  }
}
