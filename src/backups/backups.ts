import { join } from "node:path";
import type { BackupSettings } from "../config/keys/backup-settings.ts";
import { lockMigrations } from "../databases/migration-lock.ts";
import type { ToolContext } from "../databases/migration-tool.ts";
import { UsageError, StepFailed } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Host } from "../host/host.ts";
import type { Store } from "../store/store.ts";
import { checkFile, readArchive } from "./archive.ts";
import { listBackups, SCRATCH } from "./backup-folder.ts";
import type { Backup, BrokenBackup } from "./backup-folder.ts";
import { lockBackups } from "./backup-lock.ts";
import { createBackup } from "./create-backup.ts";
import type { BackupRequest } from "./create-backup.ts";
import type { Dump, DumpArchive } from "./dumper.ts";
import { pruneBackups } from "./prune-backups.ts";

export interface BackupParts {
  readonly target: TargetKey;
  readonly settings: BackupSettings;
  /** How the database is spoken to, and whom its lock is taken from. */
  readonly context: ToolContext;
  /** The name of a dumper. */
  readonly engine: string;
  openDump(): Dump;
  readonly directory: string;
  /** The owner of this folder works with the backups, even if root asks for one. */
  readonly stateDirectory: string;
  readonly appPath: string;
  readonly timeoutMs: number;
  readonly configFile: string;
  readonly host: Host;
  readonly store: Pick<Store, "databases" | "targets" | "deployments">;
  readonly by: string;
  /** The version of fraisier. */
  readonly version: string;
  log(line: string): void;
  redact(text: string): string;
}

/** The backups of one target's database. A directory is locked while a process makes, reads or removes backups in it. */
export interface Backups {
  readonly directory: string;
  /** Makes a backup, then removes old ones. A failure to remove an old one is only logged. */
  create(request: BackupRequest): Promise<Backup>;
  /** The backups, oldest first, and the folders that cannot be read. */
  list(): Promise<{ readonly whole: readonly Backup[]; readonly broken: readonly BrokenBackup[] }>;
  /** The backup that was made before this deployment. */
  before(deployment: string): Promise<Backup | undefined>;
  /** Reads the whole backup, and has the engine's own program read it. @throws StepFailed that says what is wrong with it. */
  verify(id: string): Promise<Backup>;
  /** Replaces the whole content of the database by the backup, once every byte of the backup was checked. Restoring twice does no harm. */
  restore(id: string): Promise<Backup>;
  /** Removes old backups, and folders that dead processes left. Returns the removed ones. */
  prune(options?: { readonly dryRun?: boolean }): Promise<readonly Backup[]>;
}

export function createBackups(parts: BackupParts): Backups {
  const { host, target, directory, context, appPath, log } = parts;
  const list: Backups["list"] = () => listBackups(host.files, directory, target);

  return {
    directory,
    list,
    before: async (deployment) => (await list()).whole.findLast(({ manifest }) => manifest.deployment === deployment),

    create: (request) =>
      alone(parts, async () => {
        const backup = await createBackup(parts, parts.openDump(), request);
        await pruneBackups(parts, { dryRun: false, spare: request.spare }).catch((error: unknown) =>
          log(`old backups were not removed: ${String(error)}`),
        );
        return backup;
      }),

    verify: (id) =>
      alone(parts, async () => {
        const backup = await find(parts, id);
        await check(parts, backup);
        const dump = parts.openDump();
        await withDump(parts, backup, (archive) => dump.test(archive));
        return backup;
      }),

    restore: (id) =>
      alone(parts, async () => {
        const backup = await find(parts, id);
        if (backup.manifest.engine.name !== parts.engine) {
          throw new UsageError(
            `backup ${id} is one of ${backup.manifest.engine.name}, and the database is ${parts.engine}`,
          );
        }
        await check(parts, backup);
        const dump = parts.openDump();
        log(`restoring ${dump.name} as it was at ${backup.manifest.at} (backup ${id})`);
        // A replaced database must not be migrated meanwhile.
        await using _lock = await lockMigrations(context, appPath, false);
        await withDump(parts, backup, (archive) => dump.restore(archive));
        log(`restored ${dump.name} from backup ${id}`);
        return backup;
      }),

    prune: ({ dryRun = false } = {}) => alone(parts, () => pruneBackups(parts, { dryRun })),
  };
}

/** Works while the directory is locked. */
async function alone<Result>(
  { host, directory, stateDirectory, context, timeoutMs }: BackupParts,
  work: () => Promise<Result>,
): Promise<Result> {
  const { files } = host;
  if (!(await files.exists(directory))) await files.makeFolder(directory, 0o700, stateDirectory);
  await using _lock = await lockBackups(directory, { host, env: context.env, signal: context.signal, timeoutMs });
  return await work();
}

async function find({ host, directory, target }: BackupParts, id: string): Promise<Backup> {
  const { whole, broken } = await listBackups(host.files, directory, target);
  const found = whole.find((each) => each.id === id);
  if (found !== undefined) return found;
  const unreadable = broken.find((each) => each.id === id);
  if (unreadable !== undefined) throw new StepFailed(`backup ${id} cannot be read: ${unreadable.problem}`);
  throw new UsageError(`there is no backup ${id} in ${directory}`, {
    hint: "fraisier backup list shows what there is.",
  });
}

/** @throws StepFailed if a file of the backup is not as it was written. */
async function check({ host, store, target }: BackupParts, backup: Backup): Promise<void> {
  const { manifest, path, sha256 } = backup;
  const rows = await store.databases.backupHistory(target, { limit: 200 });
  const onRecord = rows.find(({ id }) => id === backup.id)?.manifestSha256 ?? "";
  if (onRecord !== "" && onRecord !== sha256)
    throw new StepFailed(`${path}/manifest.json has changed since it was written`);
  for (const each of [manifest.dump, ...manifest.files]) await checkFile(host.files, join(path, each.name), each);
}

/** Works with the dump of a backup, then clears away what it needed for that. */
async function withDump(
  { host: { files } }: BackupParts,
  backup: Backup,
  work: (archive: DumpArchive) => Promise<void>,
): Promise<void> {
  const { dump, compress } = backup.manifest;
  const scratch = `${backup.path}${SCRATCH}`;
  await files.remove(scratch);
  try {
    await work({ scratch, read: () => readArchive(files, join(backup.path, dump.name), compress, dump) });
  } finally {
    await files.remove(scratch);
  }
}
