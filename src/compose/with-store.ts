import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { actAsOwner, openApp, openReader } from "./app.ts";
import type { App, OpenOptions, Reader } from "./app.ts";
import type { Config } from "../config/config.ts";
import { checkSecrets } from "../config/secrets/secrets.ts";
import { storeFileOf } from "../config/secrets/store-file.ts";
import type { ConfigProblem } from "../domain/errors.ts";
import { refuseStrangers } from "../host/refuse-strangers.ts";
import { openStore, storeExists } from "../store/store.ts";
import type { Store } from "../store/store.ts";
import { missingSecrets } from "../variables/missing-secrets.ts";

interface Opening<Result> extends OpenOptions {
  /** Does the work if the settings or the store cannot be opened; without it the error is thrown. */
  readonly otherwise?: (error: unknown) => Promise<Result>;
}

/** Opens settings and store for a command that only looks, and closes the store after the work, however it ends. */
export async function withReader<Result>(
  configFile: string | undefined,
  act: (reader: Reader) => Promise<Result>,
  { otherwise, ...options }: Opening<Result> = {},
): Promise<Result> {
  return await within(() => openReader(configFile, options), act, otherwise);
}

/** Like withReader, for a command that works with this machine, too. */
export async function withApp<Result>(
  configFile: string | undefined,
  act: (app: App) => Promise<Result>,
  { otherwise, ...options }: Opening<Result> = {},
): Promise<Result> {
  return await within(() => openApp(configFile, options), act, otherwise);
}

/** Opens the store of these settings if there is one, and closes it after the work, however it ends. Root becomes the owner of the state folder first. */
export async function withExistingStore<Result>(
  config: Config,
  act: (store: Store | undefined) => Promise<Result>,
  { otherwise }: Pick<Opening<Result>, "otherwise"> = {},
): Promise<Result> {
  const open = async (): Promise<{ readonly store: Store | undefined }> => {
    const file = storeFileOf(config);
    if (file === undefined || existsSync(dirname(file))) await actAsOwner(config);
    if (file !== undefined) refuseStrangers(file);
    return await existingAt(config.store.url.reveal());
  };
  return await within(open, ({ store }) => act(store), otherwise);
}

/** Opens the store at this URL if there is one there, and closes it after the work, however it ends. */
export async function withStoreAt<Result>(
  url: string,
  act: (store: Store | undefined) => Promise<Result>,
): Promise<Result> {
  return await within(
    () => existingAt(url),
    ({ store }) => act(store),
  );
}

/**
 * Like missingSecrets, but opens the store itself and never creates one. Root looks as the service's user, who has to read the secrets; a user who may
 * not open the store is told of secrets that may be set there.
 */
export async function missingSecretsHere(config: Config): Promise<readonly ConfigProblem[]> {
  const isUrlKnown = checkSecrets({ ...config, forges: {}, targets: [] }).length === 0;
  if (!isUrlKnown) return checkSecrets(config);
  const file = storeFileOf(config);
  // Without a state folder there is no store to ask, and no service's user yet.
  if (file !== undefined && existsSync(dirname(file))) await actAsOwner(config);
  if (checkSecrets(config).length === 0) return [];
  return await withExistingStore(config, async (store) =>
    store === undefined ? checkSecrets(config) : await missingSecrets(config, store),
  );
}

/** Opens a store only if there is one at this URL: opening makes one. */
async function existingAt(url: string): Promise<{ readonly store: Store | undefined }> {
  return { store: (await storeExists(url)) ? await openStore(url) : undefined };
}

async function rethrow(error: unknown): Promise<never> {
  throw error;
}

async function within<Opened extends { readonly store: Store | undefined }, Result>(
  open: () => Promise<Opened>,
  act: (opened: Opened) => Promise<Result>,
  otherwise: (error: unknown) => Promise<Result> = rethrow,
): Promise<Result> {
  let opened: Opened;
  try {
    opened = await open();
  } catch (error) {
    return await otherwise(error);
  }
  try {
    return await act(opened);
  } finally {
    await opened.store?.close();
  }
}
