import { environmentOf } from "../../../compose/target-environment.ts";
import { parseDatabaseUrl } from "../../../databases/database-url.ts";
import { HostUnavailable } from "../../../domain/errors.ts";
import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { backupFacts } from "../../databases/backup-facts.ts";
import { withBackups } from "../../databases/with-backups.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly reason?: string;
}

/** `fraisier backup create <target>`. */
export async function run(invocation: Invocation<Options>): Promise<number> {
  const { options, print } = invocation;
  return await withBackups(invocation, 0, async ({ app, target, backups }) => {
    const { env } = await environmentOf(app, target);
    const url = target.settings.database?.url?.reveal(env);
    // A deployment takes a missing file for an empty database, as it is before the first one. A person means a file that is there.
    const file = url === undefined ? undefined : parseDatabaseUrl(url);
    if (file?.scheme === "sqlite" && !(await app.host.files.exists(file.database)))
      throw new HostUnavailable(`there is no database ${file.database}`, { hint: "Is database.url right?" });
    const backup = await backups.create({ reason: options.reason ?? "by hand" });
    if (print.isJson) print.json({ target: targetName(target), backup: backupFacts(backup) });
  });
}
