import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { families } from "./app.ts";
import type { App, OpenOptions } from "./app.ts";
import type { Config } from "../config/config.ts";
import { INSTALLED_CONFIG } from "../config/file/find-config.ts";
import { parseConfig } from "../config/load.ts";
import { putSecretsBack } from "../config/edit/put-secrets-back.ts";
import { readVariables } from "../config/file/secret-files.ts";
import { storeUrlIn } from "../config/secrets/store-url-in.ts";
import { takeOutSecrets } from "../config/edit/take-out-secrets.ts";
import { ConfigError, FraisierError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Host } from "../host/host.ts";
import { notice } from "../notices.ts";
import type { Store } from "../store/store.ts";
import { openStore, storeExists } from "../store/store.ts";
import { openSecrets, sealSecrets } from "../variables/settings-key.ts";

/** The app with the settings that a deployment began with. Its first runner begins with those of now, and writes them down for every later one. */
export async function withKeptSettings(
  app: App,
  deployment: TargetKey & { readonly id: string; readonly settings: string | undefined },
  owner: string,
): Promise<App> {
  if (deployment.settings === undefined) {
    await keepSettings(app, deployment, owner);
    return app;
  }
  const config = await keptConfig(app.store, app.host, app.config.file, deployment.id);
  return config === undefined ? app : { ...app, config };
}

/** Writes down the settings that a deployment begins with: what fraises.yaml says later changes neither its end nor its way back. */
async function keepSettings(
  { config, store, host }: App,
  deployment: TargetKey & { readonly id: string },
  owner: string,
): Promise<void> {
  const { text, hash, secrets } = config.kept ?? takeOutSecrets(config.text, families);
  let sealed: Uint8Array | undefined;
  try {
    if (Object.keys(secrets).length > 0)
      sealed = await sealSecrets(host.files, config.deployment.state_directory, ownerOf(deployment), secrets);
  } catch (error) {
    if (!(error instanceof FraisierError)) throw error;
    notice(`deployment ${deployment.id} takes its secrets from fraises.yaml as it is then: ${error.message}`);
  }
  await store.deployments.keepSettings(deployment.id, owner, { hash, text, secrets: sealed });
}

/**
 * The settings that a deployment began with. Variables and files with secrets are read as they are now, and so are secrets that stand in fraises.yaml
 * itself, as far as it still has them. Undefined if the deployment has no settings, or this program no longer understands them.
 */
export async function keptConfig(
  store: Pick<Store, "deployments">,
  host: Pick<Host, "files">,
  file: string,
  deployment: string,
): Promise<Config | undefined> {
  const kept = await store.deployments.frozenSettings(deployment);
  if (kept === undefined) return undefined;
  try {
    const variables = await readVariables(file, process.env, { webhookSecrets: false });
    const parse = (text: string): Config => parseConfig(text, file, families, variables);
    let secrets: Readonly<Record<string, string>> = {};
    try {
      if (kept.secrets !== undefined) {
        const { state_directory: folder } = parse(kept.text).deployment;
        secrets = await openSecrets(host.files, folder, ownerOf({ ...kept, id: deployment }), kept.secrets);
      }
    } catch (error) {
      if (!(error instanceof FraisierError) || error instanceof ConfigError) throw error;
      notice(`the secrets that deployment ${deployment} began with cannot be opened: ${error.message}`);
    }
    // A file that is gone or closed has no newer secrets.
    const present = await readFile(file, "utf8").catch(() => undefined);
    return parse(putSecretsBack(kept.text, { present, kept: secrets }, families));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    notice(`this fraisier does not understand the settings that deployment ${deployment} began with: ${error.message}`);
    return undefined;
  }
}

/**
 * For the next runner of a deployment that was begun, if fraises.yaml can no longer be loaded: the store that the daemon named, or that the file seems to
 * name, and the settings that the deployment began with. Undefined if there are none.
 */
export async function openKept(
  configFile: string | undefined,
  deployment: string,
  options: OpenOptions,
): Promise<App | undefined> {
  const file = resolve(configFile ?? process.env["FRAISIER_CONFIG"] ?? INSTALLED_CONFIG);
  const url = options.storeUrl ?? (await storeUrlIn(file));
  // The password of a server stands in the file that cannot be loaded: then there is no way in.
  if (url === undefined || !(await storeExists(url).catch(() => false))) return undefined;
  const store = await openFor(deployment, url, options);
  const { localHost } = await import("../host/local-host.ts");
  const host = localHost();
  let config: Config | undefined;
  try {
    config = await keptConfig(store, host, file, deployment);
  } finally {
    if (config === undefined) await store.close();
  }
  return config && { config, store, host };
}

/** Opens the store as the host to which the deployment belongs: its runner was launched there. */
async function openFor(deployment: string, url: string, options: OpenOptions): Promise<Store> {
  const store = await openStore(url, options);
  const place = (await store.deployments.summary(deployment))?.host ?? "";
  if (place === "") return store;
  await store.close();
  return await openStore(url, { ...options, host: place });
}

function ownerOf({ fraise, environment, job, id }: TargetKey & { readonly id: string }) {
  return { fraise, environment, job, name: `settings of ${id}` };
}
