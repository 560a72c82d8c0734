import { openApp } from "../../compose/app.ts";
import type { App } from "../../compose/app.ts";
import type { Vault } from "../../variables/vault.ts";
import { openVault } from "../../variables/vault.ts";

/** Opens the vault of variables for a command, and closes its store after it. @param as the user that does the work: the service's, or the person who asks. */
export async function withVault<Result>(
  configFile: string | undefined,
  act: (app: App, vault: Vault) => Promise<Result>,
  as: "owner" | "asker" = "owner",
): Promise<Result> {
  const app = await openApp(configFile, { as });
  const { config, store, host } = app;
  try {
    const stateDirectory = config.deployment.state_directory;
    return await act(app, openVault({ store, files: host.files, stateDirectory, env: config.variables.values }));
  } finally {
    await store.close();
  }
}
