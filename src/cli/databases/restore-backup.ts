import { person } from "../person.ts";
import { environmentOf } from "../../compose/target-environment.ts";
import type { App } from "../../compose/app.ts";
import type { Target } from "../../config/config.ts";
import { followedBy, NotBegun } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { managedOf } from "../../service-managers/index.ts";
import type { Service } from "../../service-managers/service-manager.ts";
import { confirm } from "../prompt/confirm.ts";
import { takeTarget, refuseWhileBusy } from "../targets/take-target.ts";
import type { BackupScene } from "./with-backups.ts";
import { migrationsOfCurrent } from "../../compose/planning/migrations-of.ts";
import { messageOf } from "../../domain/message-of.ts";

export interface RestoreOptions {
  readonly yes: boolean;
  /** Backs up what is there now, so that this can be taken back too. */
  readonly safetyBackup: boolean;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Brings a backup back: the service stops for it, and runs again after it. Gives the id of the safety backup. */
export async function restoreBackup(
  { app, target, backups }: Pick<BackupScene, "app" | "target" | "backups">,
  id: string,
  { yes, safetyBackup, signal, log }: RestoreOptions,
): Promise<string | undefined> {
  await refuseWhileBusy(app, target);
  if (!yes) {
    await confirm(
      `This replaces everything in the database of ${targetName(target)} by backup ${id}.`,
      targetName(target),
    );
  }
  // Another deployment may have begun while the question waited.
  await using _taken = await takeTarget(app, target, `backup ${id} is being restored`);
  // A safety backup may remove older ones, and a stop is an outage: fraisier makes neither for a backup that cannot be restored.
  await backups.verify(id);
  const safety = safetyBackup
    ? await backups.create({ reason: `before restoring backup ${id} by hand`, spare: id })
    : undefined;
  const { env, redact } = await environmentOf(app, target);
  const { service } = managedOf(target.settings, app.host, env);
  await whileStopped(service, { signal, log }, () => backups.restore(id));
  await followMigrations(app, target, signal, (line) => log(redact(line)));
  return safety?.id;
}

/** A running service is stopped for the work and started again after it, also if the work was interrupted or the service only half stopped. */
async function whileStopped(
  service: Service | undefined,
  { signal, log }: Pick<RestoreOptions, "signal" | "log">,
  work: () => Promise<unknown>,
): Promise<void> {
  const isUp = (await service?.state())?.up === true;
  signal.throwIfAborted();
  const start = async (): Promise<void> => {
    if (!isUp) return;
    log(`starting ${service?.name}`);
    await service?.restart();
  };
  try {
    if (isUp) {
      log(`stopping ${service?.name}`);
      await service?.stop(signal);
    }
    await work();
  } catch (error) {
    if (error instanceof NotBegun) throw error;
    await start().catch((after: unknown) => {
      throw followedBy(error, after);
    });
    throw error;
  }
  await start();
}

/** The record of migrations follows the database. It only informs people. */
async function followMigrations(
  app: App,
  target: Target,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  try {
    await (await migrationsOfCurrent({ app, target, by: person(), signal, log })).takeBack(() => []);
  } catch (error) {
    log(`the record of migrations was not brought up to date: ${messageOf(error)}`);
  }
}
