import { join } from "node:path";
import { DiskFull } from "../domain/errors.ts";
import { newId } from "../domain/id.ts";
import { messageOf } from "../domain/message-of.ts";
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
export async function createBackup(parts: BackupParts, dump: Dump, request: BackupRequest): Promise<Backup> {
  const { id = newId(), deployment } = request;
  const { host, store, target, directory, by, engine, log, redact } = parts;
  const { files } = host;
  await removeLeftovers(files, directory);
  await settleRecord(parts, id);
  const path = join(directory, id);
  const { whole } = await listBackups(files, directory, target);
  const made = whole.find((each) => each.id === id);
  if (made !== undefined) {
    log(`backup ${id} was made already`);
    await store.databases.settleBackup(id, {
      status: "complete",
      bytes: bytesOf(made.manifest),
      manifestSha256: made.sha256,
    });
    return made;
  }
  if (await files.exists(path)) await removeBackup(files, path);

  const ran = await whatRuns(parts);
  await store.databases.beginBackup(target, {
    id,
    deployment: deployment?.id,
    revision: ran.revision ?? "",
    engine,
    path,
    by,
  });
  const unfinished = `${path}${UNFINISHED}`;
  try {
    const versions = await dump.versions();
    await needsRoom(parts, dump, whole.at(-1));
    await files.makeFolder(unfinished, 0o700, directory);
    const start = host.clock.monotonicMs();
    const content = await writeContent(unfinished, parts, dump);
    const manifest = manifestOf(parts, { ...request, id }, { ...ran, ...content, versions });
    await writeManifest(files, unfinished, manifest);
    await files.sync(unfinished);
    await files.rename(unfinished, path);
    if (whole.length === 0) await syncAbove(files, directory);
    const sha256 = sha256Of(manifestText(manifest));
    await store.databases.settleBackup(id, { status: "complete", bytes: bytesOf(manifest), manifestSha256: sha256 });
    const { bytes, unpacked_bytes: unpacked } = manifest.dump;
    const tookMs = Math.round(host.clock.monotonicMs() - start);
    log(`backup ${id} of ${dump.name}: ${bytes} bytes (${unpacked} unpacked) in ${tookMs} ms, ${path}`);
    return { id, path, manifest, sha256 };
  } catch (error) {
    await files.remove(unfinished).catch((again: unknown) => log(`${unfinished} is left: ${String(again)}`));
    await store.databases.settleBackup(id, { status: "failed", error: redact(messageOf(error)) });
    throw error;
  }
}

/** Writes the files that a manifest describes: the dump, and the configuration as it is now. */
async function writeContent(
  folder: string,
  { host: { files }, settings, configFile }: BackupParts,
  dump: Dump,
): Promise<Pick<Manifest, "dump" | "files">> {
  const name = `${dump.fileName}${COMPRESSIONS[settings.compress].suffix}`;
  const archive = await writeArchive(files, join(folder, name), settings.compress, (to) => dump.dump(to));
  const config = await files.readText(configFile);
  if (config === undefined) return { dump: { name, ...archive }, files: [] };
  await files.writeText(join(folder, CONFIG_COPY), config, 0o600);
  const copy = { name: CONFIG_COPY, bytes: Buffer.byteLength(config), sha256: sha256Of(config) };
  return { dump: { name, ...archive }, files: [copy] };
}

interface Facts extends Running, Pick<Manifest, "dump" | "files"> {
  readonly versions: Awaited<ReturnType<Dump["versions"]>>;
}

/** The manifest of a backup whose files are written. */
function manifestOf(
  { host, target, engine, settings, by, version }: BackupParts,
  { id, deployment, reason }: BackupRequest & { readonly id: string },
  { revision, ref, release, versions, dump, files }: Facts,
): Manifest {
  return {
    format: 1,
    id,
    fraise: target.fraise,
    environment: target.environment,
    job: target.job,
    at: host.clock.now().toISOString(),
    by,
    reason,
    revision,
    ref,
    release,
    deployment: deployment?.id ?? null,
    deploys: deployment?.revision ?? null,
    engine: { name: engine, version: versions.engine },
    tool: versions.tool,
    compress: settings.compress,
    dump,
    files,
    fraisier: version,
  };
}

type Running = Pick<Manifest, "revision" | "ref" | "release">;

/** The revision this database belongs to, with its tag and where it lies. */
async function whatRuns({ store, target }: BackupParts): Promise<Running> {
  const status = await store.targets.here(target);
  const active = status?.deployment;
  const detail = active === undefined ? undefined : await store.deployments.detail(active);
  const ref = status?.ref;
  return {
    revision: status?.revision ?? null,
    ref: ref === undefined ? null : `${ref.kind} ${ref.name}`,
    release: detail?.deployment.releasePath ?? null,
  };
}

/** A lack of room should be found now instead of half way. */
async function needsRoom(
  { host, directory, settings }: BackupParts,
  dump: Dump,
  last: Backup | undefined,
): Promise<void> {
  const size = await dump.size();
  const expected =
    size === undefined
      ? (last?.manifest.dump.unpacked_bytes ?? 0)
      : Math.ceil(size * packingRatio(settings.compress, last?.manifest));
  const free = await host.files.freeBytes(directory);
  if (free >= expected) return;
  const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
  throw new DiskFull(
    `${directory} has ${mebibytes(free)} MiB free, and the backup may take ${mebibytes(expected)} MiB`,
    { hint: "Make room there, keep fewer (database.backup.keep), or choose another database.backup.directory." },
  );
}

/**
 * How large a dump will be, in proportion to its database. The last backup predicts it best; without one, a packed dump takes half of the database, and an
 * unpacked one at most all of it.
 */
function packingRatio(compress: Manifest["compress"], last: Manifest | undefined): number {
  if (compress === "none") return 1;
  if (last?.compress !== compress || last.dump.unpacked_bytes === 0) return 0.5;
  return Math.min(1, (1.25 * last.dump.bytes) / last.dump.unpacked_bytes);
}
