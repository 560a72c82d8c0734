import type { Target } from "../../config/config.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { stateJson } from "../../domain/target-state.ts";
import type { Store } from "../../store/store.ts";
import type { Sources } from "../sources.ts";
import { knownTargets } from "./known-targets.ts";
import type { SeenServices } from "./seen-service.ts";

/** The parts that the paths for monitors are answered from. */
export interface StatusSources {
  readonly config: Sources["config"];
  readonly store: Sources["store"];
  readonly services: SeenServices;
}

/** The state of targets for monitors: those on record, and those that were never deployed. It is what the daemon saw last; nothing is asked of the host. */
export async function answerDeployStatus({ services, ...sources }: StatusSources, filter: Partial<TargetKey> = {}) {
  const known = await knownTargets(sources, filter);
  return await Promise.all(
    known.map(async ({ name, key, row, target }) => {
      const { fraise, environment, job } = key;
      const seen = services(name);
      return {
        target: name,
        configured: target !== undefined,
        deployed: row?.revision !== undefined,
        ...(row === undefined ? { fraise, environment, job, revision: null } : stateJson(row)),
        service_status: seen?.status ?? null,
        service_up: seen?.isUp ?? null,
        service_checked_at: seen?.at ?? null,
        ...(await databaseJson(sources.store, key, target)),
      };
    }),
  );
}

/** The migrations of a database as the record has them: the newest one that is applied, and how many there are. */
async function databaseJson({ databases }: Pick<Store, "databases">, key: TargetKey, target: Target | undefined) {
  if (target !== undefined && target.settings.database === undefined)
    return { database_version: null, migrations_applied: null };
  const runs = await databases.migrationStatus(key);
  const applied = runs.filter(({ status }) => status === "success" || status === "marked");
  return { database_version: applied.at(-1)?.migration ?? null, migrations_applied: applied.length };
}
