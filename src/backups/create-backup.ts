import { join } from "node:path";
import { DiskFull } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { writeArchive } from "./archive.ts";
import { listBackups, removeBackup, removeLeftovers, syncAbove, UNFINISHED } from "./backup-folder.ts";
import type { Backup } from "./backup-folder.ts";
import type { BackupParts } from "./backups.ts";
import { COMPRESSIONS } from "./compression.ts";
import type { Dump } from "./dumper.ts";
import { bytesOf, manifestText, sha256Of, writeManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { settleRecord } from "./settle-record.ts";

export interface BackupRequest {
  /** The id that an earlier try used before it died. A whole backup of that id is not made twice. */
  readonly id?: string;
  /** The deployment that waits for this backup. */
  readonly deployment?: { readonly id: string; readonly revision: string };
  readonly reason: string;
  /** The backup that must not be removed while this one is made, however old it is. */
  readonly spare?: string;
}

const CONFIG_COPY = "fraises.yaml";

/** Makes a backup. The caller must hold the directory's lock. When this resolves, the backup is on disk and on record. */
export async function createBackup(
  parts: BackupParts,
  dump: Dump,
  { id = newId(), deployment, reason }: BackupRequest,
): Promise<Backup> {
  const { host, store, target, directory, settings, configFile, by, engine, log, redact } = parts;
  const { files } = host;
  await removeLeftovers(files, directory);
  await settleRecord(parts, id);
  const path = join(directory, id);
  const { whole } = await listBackups(files, directory, target);
  const made = whole.find((each) => each.id === id);
  if (made !== undefined) {
    log(`backup ${id} was made already`);
    await store.settleBackup(id, { status: "complete", bytes: bytesOf(made.manifest), manifestSha256: made.sha256 });
    return made;
  }
  if (await files.exists(path)) await removeBackup(files, path);

  const ran = await whatRuns(parts);
  await store.beginBackup(target, { id, deployment: deployment?.id, revision: ran.revision ?? "", engine, path, by });
  const unfinished = `${path}${UNFINISHED}`;
  try {
    const versions = await dump.versions();
    await needsRoom(parts, dump, whole.at(-1));
    await files.makeFolder(unfinished, 0o700, directory);
    const start = host.clock.monotonicMs();
    const name = `${dump.fileName}${COMPRESSIONS[settings.compress].suffix}`;
    const archive = await writeArchive(files, join(unfinished, name), settings.compress, (to) => dump.dump(to));
    const config = await files.readText(configFile);
    if (config !== undefined) await files.writeText(join(unfinished, CONFIG_COPY), config, 0o600);
    const manifest: Manifest = {
      format: 1,
      id,
      fraise: target.fraise,
      environment: target.environment,
      job: target.job,
      at: host.clock.now().toISOString(),
      by,
      reason,
      ...ran,
      deployment: deployment?.id ?? null,
      deploys: deployment?.revision ?? null,
      engine: { name: engine, version: versions.engine },
      tool: versions.tool,
      compress: settings.compress,
      dump: { name, ...archive },
      files:
        config === undefined ? [] : [{ name: CONFIG_COPY, bytes: Buffer.byteLength(config), sha256: sha256Of(config) }],
      fraisier: parts.version,
    };
    await writeManifest(files, unfinished, manifest);
    await files.sync(unfinished);
    await files.rename(unfinished, path);
    if (whole.length === 0) await syncAbove(files, directory);
    const sha256 = sha256Of(manifestText(manifest));
    await store.settleBackup(id, { status: "complete", bytes: bytesOf(manifest), manifestSha256: sha256 });
    log(
      `backup ${id} of ${dump.name}: ${archive.bytes} bytes (${archive.unpacked_bytes} unpacked) in ${Math.round(host.clock.monotonicMs() - start)} ms, ${path}`,
    );
    return { id, path, manifest, sha256 };
  } catch (error) {
    await files.remove(unfinished).catch((again: unknown) => log(`${unfinished} is left: ${String(again)}`));
    const message = redact(error instanceof Error ? error.message : String(error));
    await store.settleBackup(id, { status: "failed", error: message });
    throw error;
  }
}

/** The revision this database belongs to, with its tag and where it lies. */
async function whatRuns({ store, target }: BackupParts): Promise<Pick<Manifest, "revision" | "ref" | "release">> {
  const [status] = await store.targetStatus({
    fraise: target.fraise,
    environment: target.environment,
    job: target.job,
  });
  const active = status?.deployment;
  const detail = active === undefined ? undefined : await store.deploymentDetail(active);
  const ref = status?.ref;
  return {
    revision: status?.revision ?? null,
    ref: ref === undefined ? null : `${ref.kind} ${ref.name}`,
    release: detail?.deployment.releasePath ?? null,
  };
}

/**
 * A lack of room should be found now instead of half way. The last backup predicts the size best; without one, a packed dump takes half of the database, and an
 * unpacked one at most all of it.
 */
async function needsRoom(
  { host, directory, settings }: BackupParts,
  dump: Dump,
  last: Backup | undefined,
): Promise<void> {
  const size = await dump.size();
  const unpacked = last?.manifest.dump.unpacked_bytes ?? 0;
  const ratio =
    settings.compress === "none" || size === undefined
      ? 1
      : unpacked > 0 && last?.manifest.compress === settings.compress
        ? Math.min(1, (1.25 * last.manifest.dump.bytes) / unpacked)
        : 0.5;
  const expected = Math.ceil((size ?? unpacked) * ratio);
  const free = await host.files.freeBytes(directory);
  if (free >= expected) return;
  const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
  throw new DiskFull(
    `${directory} has ${mebibytes(free)} MiB free, and the backup may take ${mebibytes(expected)} MiB`,
    { hint: "Make room there, keep fewer (database.backup.keep), or choose another database.backup.directory." },
  );
}
