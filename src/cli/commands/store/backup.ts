import { createWriteStream } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import type { ArchiveManifest } from "../../../archives/manifest.ts";
import { StoreUnavailable } from "../../../domain/errors.ts";
import { notice } from "../../../notices.ts";
import { EXIT } from "../../exit-codes.ts";
import { person } from "../../person.ts";
import { createArchiveFile } from "../../archives/archive-file.ts";
import { answerParent, backupAsOwner, isForParent, rootNeedsOwner } from "../../archives/backup-as-owner.ts";
import { lockOf } from "../../archives/archive-keys.ts";
import { withBackup, writeBackup } from "../../archives/make-backup.ts";
import type { BackupContents, PlannedBackup } from "../../archives/make-backup.ts";
import type { BackupOptions } from "../../archives/backup-as-owner.ts";
import type { Invocation } from "../../command-entry.ts";

/** `fraisier store backup`. */
export async function run(invocation: Invocation<BackupOptions>): Promise<number> {
  const { options, print } = invocation;
  const contents = { lock: await lockOf(options), withoutKey: options.withoutKey === true };
  if (options.dryRun === true) await plan(invocation, contents);
  else if (options.to === "-") await toStandardOutput(options.config, contents);
  else {
    const to = resolve(options.to ?? defaultName(contents));
    const { manifest, bytes } = await toFile(invocation, contents, to);
    if (print.isJson) print.json({ file: to, bytes, encrypted: contents.lock !== undefined, manifest });
    else {
      const { deployments, deliveries, variables } = manifest.counts;
      print.line(`${to}: ${bytes} bytes, ${contents.lock === undefined ? "NOT encrypted" : "encrypted"}`);
      print.line(`It holds ${manifest.parts.map(({ name }) => name).join(", ")}:`);
      print.line(`${deployments} deployments, ${deliveries} deliveries, ${variables} variables.`);
    }
  }
  return EXIT.ok;
}

async function plan({ options, print }: Invocation<BackupOptions>, contents: BackupContents): Promise<void> {
  const { about, parts } = await withBackup(options.config, contents, async (planned) => ({
    about: planned.about,
    parts: planned.parts.map(({ name, bytes }) => ({ name, bytes })),
  }));
  const encrypted = contents.lock !== undefined;
  if (print.isJson) {
    print.json({ dry_run: true, encrypted, ...about, parts });
    return;
  }
  print.line(`Nothing is written. The backup would be ${encrypted ? "encrypted" : "NOT encrypted"} and hold:`);
  for (const { name, bytes } of parts) print.line(`  ${name} (${bytes} bytes)`);
}

/** Writes to a pipe, also for root's process, which names the file once it is whole. */
async function toStandardOutput(configFile: string | undefined, contents: BackupContents): Promise<void> {
  await withBackup(configFile, contents, async (planned) => {
    const manifest = await writeBackup(planned, process.stdout);
    await remember(planned, isForParent() ? await answerParent(manifest) : { file: "-", bytes: 0 });
  });
}

async function toFile(
  { options }: Invocation<BackupOptions>,
  contents: BackupContents,
  to: string,
): Promise<{ readonly manifest: ArchiveManifest; readonly bytes: number }> {
  await using file = await createArchiveFile(to);
  if (await rootNeedsOwner(options.config)) return await backupAsOwner(options, file, to);
  return await withBackup(options.config, contents, async (planned) => {
    const stream = createWriteStream(file.temporary, { fd: file.descriptor, autoClose: false });
    const manifest = await writeBackup(planned, stream);
    const bytes = await file.keep();
    await remember(planned, { file: to, bytes });
    return { manifest, bytes };
  });
}

/** `fraisier doctor` says how old the newest backup is. */
async function remember(
  { store, about }: PlannedBackup,
  { file, bytes }: { readonly file: string; readonly bytes: number },
): Promise<void> {
  try {
    await store.upkeep.recordBackup({ at: about.made_at, file, bytes, madeBy: person() });
  } catch (error) {
    // A newer fraisier has migrated the store. The backup is good all the same.
    if (!(error instanceof StoreUnavailable)) throw error;
    notice("the backup was made, but the store does not know of it");
  }
}

function defaultName({ lock }: BackupContents): string {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `fraisier-${hostname()}-${time}.tar.gz${lock === undefined ? "" : ".age"}`;
}
