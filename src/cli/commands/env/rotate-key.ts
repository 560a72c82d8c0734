import type { Invocation } from "../../command-entry.ts";
import { withVault } from "../../variables/with-vault.ts";
import { counted } from "../../../domain/counted.ts";

/** `fraisier env rotate-key`: a new key, and every value sealed for it. */
export async function run({ options, print }: Invocation): Promise<number> {
  // A key that only root may read, given to the service as a credential, can only be changed by root.
  const as = (process.env["FRAISIER_KEY_FILE"] ?? "") === "" ? "owner" : "asker";
  const { recipient, count, path } = await withVault(options.config, async (_app, vault) => await vault.rotate(), as);
  if (print.isJson) print.json({ key_file: path, recipient, variables: count });
  else {
    print.line(`${counted(count, "variable is", "variables are")} sealed for the new key ${recipient}`);
    print.line(`it lies in ${path}; the old key opens nothing any more: renew your copy of it`);
  }
  return 0;
}
