import { dirname } from "node:path";
import { checks } from "../checks/index.ts";
import type { Config } from "../config/config.ts";
import type { Families } from "../config/families.ts";
import { findConfig } from "../config/file/find-config.ts";
import { loadConfig } from "../config/load.ts";
import { storeFileOf } from "../config/secrets/store-file.ts";
import { migrationTools } from "../databases/index.ts";
import { deployers } from "../deployers/index.ts";
import { forges } from "../forges/index.ts";
import { isPostgresUrl, withPassword } from "../domain/postgres-url.ts";
import type { Host } from "../host/host.ts";
import { refuseStrangers } from "../host/refuse-strangers.ts";
import { notice } from "../notices.ts";
import { serviceManagers } from "../service-managers/index.ts";
import type { Store, StoreOptions } from "../store/store.ts";
import { openStore, STORE_VERSION } from "../store/store.ts";

/** The parts that a command needs to look at targets: the settings and the record. */
export interface Reader {
  readonly config: Config;
  readonly store: Store;
}

/** The parts that a command needs to change something: those of Reader, and this machine. */
export interface App extends Reader {
  readonly host: Host;
}

export interface OpenOptions extends Pick<StoreOptions, "finishes" | "patienceMs"> {
  /** False for a runner, which may not know the secrets of webhooks. */
  readonly webhookSecrets?: boolean;
  /** The store to open, whatever fraises.yaml names: a runner opens the store of its daemon. */
  readonly storeUrl?: string | undefined;
  /** The user that root becomes: the owner of the state folder, or root itself if the command needs root. */
  readonly as?: "owner" | "asker";
}

/** The families whose members fraises.yaml may name. */
export const families: Families = {
  checks,
  deployers,
  forges: forges.map((forge) => ({ ...forge, products: forge.setup.map(({ name }) => name) })),
  migrationTools,
  serviceManagers,
};

/** @param configFile what `--config` said; without it the usual places are searched. @throws ConfigError, UsageError */
export async function readConfig(configFile: string | undefined, options: OpenOptions = {}): Promise<Config> {
  return await loadConfig(findConfig(configFile), families, options);
}

/** @throws ConfigError, UsageError, StoreUnavailable */
export async function openReader(configFile: string | undefined, options: OpenOptions = {}): Promise<Reader> {
  const config = await readConfig(configFile, options);
  if (options.as !== "asker") await actAsOwner(config);
  const file = storeFileOf(config);
  if (file !== undefined) refuseStrangers(file);
  const store = await openStore(storeToOpen(config, options.storeUrl), { host: config.server.name, ...options });
  const refusal = store.onlyReads();
  if (refusal !== undefined) notice(`${refusal.message}. ${refusal.hint ?? ""}`);
  return { config, store };
}

/** A runner is told its store without the password, which its settings have. */
function storeToOpen({ store }: Config, told: string | undefined): string {
  if (told !== undefined && !isPostgresUrl(told)) return told;
  const url = store.url.reveal();
  return told === undefined || withPassword(url, undefined) === told ? url : told;
}

/** The newest version of a store that this program knows. */
export function storeVersion(): number {
  return STORE_VERSION;
}

/**
 * Root becomes the owner of the state folder for the rest of this process; every other user stays who they are. Files that only root may read or write must
 * have been read or written before. @returns the name of the user it became.
 */
export async function actAsOwner(config: Config): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const key = config.variables.get("FRAISIER_KEY_FILE") ?? "";
  const { becomeOwner, keepReadable } = await import("../host/become-owner.ts");
  if (key !== "") keepReadable(key);
  const file = storeFileOf(config);
  return becomeOwner(file === undefined ? config.deployment.state_directory : dirname(file))?.name;
}

/** @throws ConfigError, UsageError, StoreUnavailable */
export async function openApp(configFile: string | undefined, options: OpenOptions = {}): Promise<App> {
  // A command that only looks does not load the code that acts.
  const [reader, { localHost }] = await Promise.all([openReader(configFile, options), import("../host/local-host.ts")]);
  return { ...reader, host: localHost() };
}
