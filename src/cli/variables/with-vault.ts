import { openApp } from "../../compose/app.ts";
import type { App } from "../../compose/app.ts";
import { vaultOf } from "../../compose/vault-of.ts";
import type { Vault } from "../../variables/vault.ts";

/** Opens the vault of variables for a command, and closes its store after it. @param as the user that does the work: the service's, or the person who asks. */
export async function withVault<Result>(
  configFile: string | undefined,
  act: (app: App, vault: Vault) => Promise<Result>,
  as: "owner" | "asker" = "owner",
): Promise<Result> {
  const app = await openApp(configFile, { as });
  try {
    return await act(app, await vaultOf(app));
  } finally {
    await app.store.close();
  }
}
