import { environmentOf } from "../../compose/target-environment.ts";
import { targetBackups } from "../../compose/target-backups.ts";
import type { Backups } from "../../backups/backups.ts";
import { UsageError } from "../../domain/errors.ts";
import { person } from "../person.ts";
import { refuseEmpty } from "../../actions/refuse-empty.ts";
import { lacksDatabase } from "../../compose/planning/migrations-of.ts";
import type { DatabaseWork } from "./with-database-work.ts";

/** The backups of a target's database. @throws UsageError for a target without one. */
export async function backupsOfTarget({ app, target, signal, log }: DatabaseWork): Promise<Backups> {
  const environment = await environmentOf(app, target);
  const acting = { ...environment, app, target, deployment: "", by: person() };
  const backups = targetBackups(acting, { signal, log: (line) => log(environment.redact(line)) });
  if (backups !== undefined) return backups;
  throw lacksDatabase(target);
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
