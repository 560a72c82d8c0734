import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { readConfig } from "../../compose/app.ts";
import { storeFileOf } from "../../config/secrets/store-file.ts";
import { manifestSchema } from "../../archives/manifest.ts";
import type { ArchiveManifest } from "../../archives/manifest.ts";
import { FraisierError, HostUnavailable } from "../../domain/errors.ts";
import type { ArchiveFile } from "./archive-file.ts";
import type { GlobalOptions } from "../command-entry.ts";
import type { EncryptionOptions } from "./archive-keys.ts";

/** The options of `fraisier store backup`. */
export interface BackupOptions extends EncryptionOptions {
  readonly to?: string;
  readonly withoutKey?: boolean;
  readonly dryRun?: boolean;
}

/** Whether root must not open the store itself: it belongs to another user. */
export async function rootNeedsOwner(configFile: string | undefined): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const config = await readConfig(configFile);
  const file = storeFileOf(config);
  // A store on a server is refused later.
  if (file === undefined) return false;
  const folder = dirname(file);
  return (statSync(folder, { throwIfNoEntry: false })?.uid ?? 0) !== 0;
}

/**
 * Root keeps the file, which may lie where only root may write; a second process becomes the owner of the state folder, reads everything and writes
 * into the file that root has opened.
 */
export async function backupAsOwner(
  { config, recipient, passphraseFile, unencrypted, withoutKey }: BackupOptions & GlobalOptions,
  file: ArchiveFile,
  to: string,
): Promise<{ readonly manifest: ArchiveManifest; readonly bytes: number }> {
  const [program = ""] = process.argv.slice(1, 2);
  const argv = [...process.execArgv, program, "store", "backup", "--to", "-"];
  for (const each of recipient) argv.push("--recipient", each);
  if (passphraseFile !== undefined) argv.push("--passphrase-file", passphraseFile);
  if (unencrypted === true) argv.push("--unencrypted");
  if (withoutKey === true) argv.push("--without-key");
  if (config !== undefined) argv.push("--config", config);
  const child = spawn(process.execPath, argv, { stdio: ["ignore", file.descriptor, "inherit", "ipc"] });
  const ended = once(child, "exit") as Promise<[number | null]>;
  const answer = Promise.race([once(child, "message") as Promise<[unknown]>, ended.then(() => undefined)]);
  const [message] = (await answer) ?? [];
  if (message === undefined) throw new BackupFailed((await ended)[0] ?? 70);
  const bytes = await file.keep();
  child.send({ file: to, bytes });
  await ended;
  return { manifest: manifestSchema.parse(message), bytes };
}

/** Whether this is the second process. */
export function isForParent(): boolean {
  return process.send !== undefined;
}

/** The archive is written; root's process says when it has its name. */
export async function answerParent(
  manifest: ArchiveManifest,
): Promise<{ readonly file: string; readonly bytes: number }> {
  process.send?.(manifest);
  const [kept] = (await Promise.race([once(process, "message"), once(process, "disconnect")])) as [unknown];
  process.disconnect?.();
  if (kept === undefined) throw new HostUnavailable("the backup was written, but it did not get its name");
  return kept as { file: string; bytes: number };
}

/** The second process has said why on standard error. */
class BackupFailed extends FraisierError {
  readonly code = "backup_failed";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("no backup was made");
    this.exitCode = exitCode;
  }
}
