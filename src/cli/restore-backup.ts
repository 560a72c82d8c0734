import { environmentOf } from "../app.ts";
import type { App } from "../app.ts";
import type { Backups } from "../backups/backups.ts";
import type { Target } from "../config/config.ts";
import { UsageError } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import { serviceOf } from "../service-managers/index.ts";
import { confirm } from "./confirm.ts";
import { migrationsOfCurrent } from "./migrations-of.ts";

export interface RestoreOptions {
  readonly yes: boolean;
  /** Backs up what is there now, so that this can be taken back too. */
  readonly safetyBackup: boolean;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Brings a backup back: the service stops for it, and runs again after it. Gives the id of the safety backup. */
export async function restoreBackup(
  app: App,
  target: Target,
  backups: Backups,
  id: string,
  { yes, safetyBackup, signal, log }: RestoreOptions,
): Promise<string | undefined> {
  await refuseWhileDeploying(app, target);
  if (!yes) {
    await confirm(
      `This replaces everything in the database of ${targetName(target)} by backup ${id}.`,
      targetName(target),
    );
  }
  const safety = safetyBackup
    ? await backups.create({ reason: `before restoring backup ${id} by hand`, spare: id })
    : undefined;
  // Somebody may have pushed while the question waited, or the backup was made.
  await refuseWhileDeploying(app, target);
  const { env } = await environmentOf(app, target);
  const service = serviceOf(target.settings.service, app.host, env);
  const wasUp = (await service?.state())?.up === true;
  if (wasUp) {
    log(`stopping ${service?.name}`);
    await service?.stop(signal);
  }
  try {
    await backups.restore(id);
  } finally {
    if (wasUp) {
      log(`starting ${service?.name}`);
      await service?.restart();
    }
  }
  await followMigrations(app, target, signal, log);
  return safety?.id;
}

async function refuseWhileDeploying({ store }: App, target: Target): Promise<void> {
  const { running } = await store.queueState();
  const other = running.find((each) => targetName(each) === targetName(target));
  if (other === undefined) return;
  throw new UsageError(`deployment ${other.id} of ${targetName(target)} is ${other.status.replace("_", " ")}`, {
    hint: `Nothing was restored. Wait for it to end, or: fraisier cancel ${other.id}`,
  });
}

/** The record of migrations follows what the database says now. It is for people: nothing hangs on it. */
async function followMigrations(
  app: App,
  target: Target,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  try {
    await (await migrationsOfCurrent(app, target, signal, log)).takeBack(() => []);
  } catch (error) {
    log(
      `the record of migrations was not brought up to date: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
