import type { Vault } from "../variables/vault.ts";
import type { App } from "./app.ts";

/** The variables that are set for targets. The code that opens them is loaded here: a command that needs no variables does without it. */
export async function vaultOf({ config, store, host }: Pick<App, "config" | "store" | "host">): Promise<Vault> {
  const { openVault } = await import("../variables/vault.ts");
  const stateDirectory = config.deployment.state_directory;
  return openVault({ store, files: host.files, stateDirectory, env: config.variables.values });
}
