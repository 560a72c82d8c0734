import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { families } from "../../compose/app.ts";
import type { ArchiveManifest, PartName } from "../../archives/manifest.ts";
import type { Config } from "../../config/config.ts";
import { storeFileOf } from "../../config/secrets/store-file.ts";
import { loadConfig, parseConfig } from "../../config/load.ts";
import { readVariables } from "../../config/file/secret-files.ts";
import { HostUnavailable } from "../../domain/errors.ts";
import { localFiles } from "../../host/local-files.ts";
import { findKey } from "../../variables/key-file.ts";

/** Every part of an archive but the store is small. */
export type SmallParts = ReadonlyMap<Exclude<PartName, "fraisier.db">, string>;

/** The places of an archive's parts on this machine. */
export interface RestorePlaces {
  readonly paths: ReadonlyMap<PartName, string>;
  /** A fraises.yaml that names only the store, until this is disposed of. */
  readonly configFile: string;
  /** The fraises.yaml that is there now; undefined if there is none, or it cannot be understood. */
  readonly installed: Config | undefined;
  [Symbol.asyncDispose](): Promise<void>;
}

/** fraises.yaml goes to the path of `--config`, else to its old place. It names the places of everything else. @throws ConfigError, HostUnavailable */
export async function findPlaces(
  named: string | undefined,
  manifest: ArchiveManifest,
  small: SmallParts,
): Promise<RestorePlaces> {
  const folder = await mkdtemp(join(tmpdir(), "fraisier-restore-"));
  const dispose = async (): Promise<void> => await rm(folder, { recursive: true, force: true });
  try {
    const to = resolve(named ?? (process.env["FRAISIER_CONFIG"] || manifest.config_file));
    await writeFile(join(folder, "environment"), small.get("environment") ?? "", { mode: 0o600 });
    const variables = await readVariables(join(folder, "fraises.yaml"), process.env, { webhookSecrets: false });
    // Relative paths are those below the folder where fraises.yaml will be.
    const config = parseConfig(small.get("fraises.yaml") ?? "", to, families, variables);
    const store = config.store.url.reveal();
    const storeFile = storeFileOf(config);
    if (storeFile === undefined)
      throw new HostUnavailable(
        "the fraises.yaml in this archive names a store on a server, and the archive has a store in a file",
        {
          hint: "Unpack the archive by hand, and change store.url in its fraises.yaml to a file first.",
        },
      );
    const configFile = join(folder, "fraises.yaml");
    await writeFile(configFile, JSON.stringify({ store: { url: store } }), { mode: 0o600 });
    // A credential is a copy that systemd made: it is not where the key is kept.
    const env = { ...config.variables.values, CREDENTIALS_DIRECTORY: "" };
    const key = await findKey(localFiles, config.deployment.state_directory, env);
    const paths = new Map<PartName, string>([
      ["fraises.yaml", to],
      ["webhook-secrets", join(dirname(to), "webhook-secrets")],
      ["environment", join(dirname(to), "environment")],
      ["fraisier.key", key.path],
      ["fraisier.db", storeFile],
    ]);
    for (const path of paths.values()) await needFolder(dirname(path));
    return { paths, configFile, installed: await readInstalled(to), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function needFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new HostUnavailable(`there is no folder ${folder}, where a part of the backup belongs`, {
    hint: "Install fraisier first: it makes its user and its folders. For another place of fraises.yaml say --config <file>.",
  });
}

async function readInstalled(file: string): Promise<Config | undefined> {
  if ((await readFile(file).catch(() => undefined)) === undefined) return undefined;
  return await loadConfig(file, families).catch(() => undefined);
}
