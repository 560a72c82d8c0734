import { environmentOf } from "../../compose/target-environment.ts";
import type { App } from "../../compose/app.ts";
import { targetBackups } from "../../compose/target-backups.ts";
import type { Backups } from "../../backups/backups.ts";
import type { Target } from "../../config/config.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { person } from "../person.ts";
import { refuseEmpty } from "../arguments/refuse-empty.ts";

/** The backups of a target's database. @throws UsageError for a target without one. */
export async function backupsOfTarget(
  app: App,
  target: Target,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Backups> {
  const environment = await environmentOf(app, target);
  const acting = { ...environment, app, target, deployment: "", by: person() };
  const backups = targetBackups(acting, { signal, log: (line) => log(environment.redact(line)) });
  if (backups !== undefined) return backups;
  throw new UsageError(`${targetName(target)} has no database`, {
    hint: "Give it one under `database:` in fraises.yaml.",
  });
}

/** The backup that a person means: an id, the beginning of an id, or `last`. @throws UsageError */
export async function resolveBackup(backups: Backups, typed: string | undefined): Promise<string> {
  const { whole, broken } = await backups.list();
  const ids = [...whole, ...broken].map(({ id }) => id);
  refuseEmpty(typed, "backup", `There are: ${ids.join(", ") || "none"}.`);
  const found = typed === "last" ? whole.slice(-1).map(({ id }) => id) : ids.filter((id) => id.startsWith(typed));
  const [only, another] = found;
  if (only === undefined) {
    throw new UsageError(`there is no backup ${typed} in ${backups.directory}`, {
      hint: `There are: ${ids.join(", ") || "none"}.`,
    });
  }
  if (only !== typed && another !== undefined)
    throw new UsageError(`${typed} may be any of ${found.join(", ")}`, { hint: "Type more of it." });
  return only;
}
