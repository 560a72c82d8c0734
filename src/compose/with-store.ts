import { openApp, openExistingStore, openReader, openStoreAt } from "./app.ts";
import type { App, OpenOptions, Reader } from "./app.ts";
import type { Config } from "../config/config.ts";

type Store = Reader["store"];

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
  return await within(
    async () => ({ store: await openExistingStore(config) }),
    ({ store }) => act(store),
    otherwise,
  );
}

/** Opens the store at this URL if there is one there, and closes it after the work, however it ends. */
export async function withStoreAt<Result>(
  url: string,
  act: (store: Store | undefined) => Promise<Result>,
): Promise<Result> {
  return await within(
    async () => ({ store: await openStoreAt(url) }),
    ({ store }) => act(store),
  );
}

async function within<Opened extends { readonly store: Store | undefined }, Result>(
  open: () => Promise<Opened>,
  act: (opened: Opened) => Promise<Result>,
  otherwise: (error: unknown) => Promise<Result> = Promise.reject.bind(Promise),
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
