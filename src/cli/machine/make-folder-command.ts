import { stat } from "node:fs/promises";
import { nameOfUser } from "../../host/accounts.ts";

/** The user that daemon and deployments run as: the owner of the state folder. */
export async function serviceUser(stateDirectory: string): Promise<string> {
  try {
    return nameOfUser((await stat(stateDirectory)).uid) ?? "fraisier";
  } catch {
    // The folder does not exist yet: the package makes it for this user.
    return "fraisier";
  }
}

/** The command that makes a target's folder: the service's user writes there, and the group reads what was deployed. */
export function makeFolderCommand(path: string, user: string, group: string = user): string {
  return `sudo install -d -o ${user} -g ${group} -m 2750 ${quoted(path)}`;
}

function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
