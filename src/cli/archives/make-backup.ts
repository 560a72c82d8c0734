import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { readConfig } from "../../compose/app.ts";
import type { Reader } from "../../compose/app.ts";
import type { Lock } from "../../archives/age-streams.ts";
import type { ArchiveManifest } from "../../archives/manifest.ts";
import { textPart, writeArchive } from "../../archives/write-archive.ts";
import type { Part } from "../../archives/write-archive.ts";
import type { Config } from "../../config/config.ts";
import { HostUnavailable } from "../../domain/errors.ts";
import { localFiles } from "../../host/local-files.ts";
import { programVersion } from "../../program-version.ts";
import { findKey, keyText, noKey, readKey } from "../../variables/key-file.ts";
import { withReader } from "../../compose/with-store.ts";

export interface BackupContents {
  /** Undefined: the archive is not encrypted, and has no secrets. */
  readonly lock: Lock | undefined;
  readonly withoutKey: boolean;
}

/** The facts that `--dry-run` shows, and that a backup writes. */
export interface PlannedBackup {
  readonly store: Reader["store"];
  readonly about: Omit<ArchiveManifest, "parts" | "format">;
  readonly parts: readonly Part[];
  readonly lock: Lock | undefined;
}

/** Takes a copy of the store and reads everything else for the work, and closes both after it. Other processes go on writing. */
export async function withBackup<Result>(
  configFile: string | undefined,
  { lock, withoutKey }: BackupContents,
  act: (planned: PlannedBackup) => Promise<Result>,
): Promise<Result> {
  const config = await readConfig(configFile);
  const isSecret = lock !== undefined;
  // This is read before the store is opened: root may read files that the owner of the state folder may not.
  const files = await configParts(config, isSecret);
  return await withReader(configFile, async ({ store }) => {
    if (store.inFile === undefined)
      throw new HostUnavailable("fraisier store backup copies a store in a file, and a server keeps this one", {
        hint: "Back its database up with the server's own tools, pg_dump for one; keep fraises.yaml, the files of secrets beside it and the key of the variables, too.",
      });
    const counts = await store.upkeep.counts();
    const key = isSecret && !withoutKey ? await keyPart(config, counts.variables > 0) : [];
    const snapshot = await store.inFile.snapshot();
    try {
      return await act({
        store,
        lock,
        about: {
          made_at: new Date().toISOString(),
          host: hostname(),
          program: programVersion(),
          store_version: store.version(),
          config_file: config.file,
          counts,
        },
        parts: [...files, ...key, { name: "fraisier.db", bytes: snapshot.bytes, read: () => snapshot.read() }],
      });
    } finally {
      await snapshot.close();
    }
  });
}

export async function writeBackup({ about, parts, lock }: PlannedBackup, to: Writable): Promise<ArchiveManifest> {
  return await writeArchive(about, parts, lock, to);
}

async function configParts({ file }: Config, withSecrets: boolean): Promise<readonly Part[]> {
  const parts = [textPart("fraises.yaml", await readFile(file, "utf8"))];
  for (const name of withSecrets ? (["webhook-secrets", "environment"] as const) : []) {
    const path = join(dirname(file), name);
    try {
      parts.push(textPart(name, await readFile(path, "utf8")));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT") continue;
      throw new HostUnavailable(`${path} cannot be read: ${code ?? String(cause)}`, {
        hint: "A backup without it would not bring fraisier back: run this as root, or give the service's user leave to read it.",
        cause,
      });
    }
  }
  return parts;
}

async function keyPart(config: Config, isNeeded: boolean): Promise<readonly Part[]> {
  const place = await findKey(localFiles, config.deployment.state_directory, config.variables.values);
  const identities = await readKey(localFiles, place);
  if (identities.length > 0) return [textPart("fraisier.key", keyText(identities))];
  if (!isNeeded) return [];
  const { message } = noKey(place);
  throw new HostUnavailable(message, {
    hint: "Say where it is ($FRAISIER_KEY_FILE). If you keep it elsewhere, leave it out: --without-key.",
  });
}
