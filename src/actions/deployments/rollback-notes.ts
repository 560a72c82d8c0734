import type { Target } from "../../config/config.ts";
import { borrowersOf } from "../../config/targets/code-from.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Store } from "../../store/store.ts";
import type { Finding } from "../acting.ts";

/** The things that a rollback by hand leaves as they are, in sentences. @param deployment the one whose release it goes back to. */
export async function rollbackNotes(
  { config, store }: Finding,
  target: Target,
  deployment: string | undefined,
): Promise<readonly string[]> {
  const staying = await stayingMigrations(store, target, deployment);
  const borrowers = borrowersOf(config.targets, target).map(targetName).join(", ");
  return [
    ...(staying.length === 0 ? [] : [stayingNote(staying, target)]),
    ...(borrowers === ""
      ? []
      : [`its code is read by ${borrowers}, too: no deployment follows there by itself, status shows the difference`]),
  ];
}

/** The migrations that were applied after the deployment that a rollback by hand goes back to: it leaves them as they are. */
async function stayingMigrations(
  store: Store,
  target: Target,
  deployment: string | undefined,
): Promise<readonly string[]> {
  if (deployment === undefined) return [];
  // An earlier rollback used the release of the deployment that it went back to.
  const back = (await store.deployments.detail(deployment))?.deployment.returnsTo ?? deployment;
  return (await store.databases.migrationStatus(target))
    .filter(({ status, deployment: by }) => status === "success" && by !== undefined && by > back)
    .map(({ migration }) => migration);
}

/** A note for the person who goes back. */
function stayingNote(migrations: readonly string[], target: Target): string {
  const what = migrations.length === 1 ? "this migration stays" : `these ${migrations.length} migrations stay`;
  return `${what} applied, as a rollback by hand changes no database: ${migrations.join(", ")}. fraisier migration rollback ${targetName(target)} takes the newest back; rollback.restore_database is only for a deployment that fails`;
}
