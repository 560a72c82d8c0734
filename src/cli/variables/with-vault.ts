import type { App } from "../../compose/app.ts";
import { vaultOf } from "../../compose/vault-of.ts";
import type { Vault } from "../../variables/vault.ts";
import { withApp } from "../../compose/with-store.ts";

/** Opens the vault of variables for a command, and closes its store after it. @param as the user that does the work: the service's, or the person who asks. */
export async function withVault<Result>(
  configFile: string | undefined,
  act: (app: App, vault: Vault) => Promise<Result>,
  as: "owner" | "asker" = "owner",
): Promise<Result> {
  return await withApp(
    configFile,
    async (app) => {
      return await act(app, await vaultOf(app));
    },
    { as },
  );
}
