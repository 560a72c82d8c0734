import { readFileSync } from "node:fs";
import { findConfig } from "./config/find-config.ts";
import type { Config, Target } from "./config/config.ts";
import { loadConfig } from "./config/load.ts";
import { deployers } from "./deployers/index.ts";
import type { Deployer } from "./deployers/deployer.ts";
import { UsageError } from "./domain/errors.ts";
import type { TargetKey } from "./domain/fraise.ts";
import { targetName } from "./domain/fraise.ts";
import { forges } from "./forges/index.ts";
import { localHost } from "./host/local-host.ts";
import type { Host } from "./host/host.ts";
import { serviceManagers } from "./service-managers/index.ts";
import { openStore } from "./store/store.ts";
import type { Store } from "./store/store.ts";

/** Everything a command works with. The only file that picks collaborators. */
export interface App {
  readonly config: Config;
  readonly store: Store;
  readonly host: Host;
}

/** @param configFile what `--config` said; without it the usual places are searched. @throws ConfigError, StoreUnavailable */
export async function openApp(configFile: string | undefined): Promise<App> {
  const config = await readConfig(configFile);
  const store = await openStore(config.store.url.reveal());
  return { config, store, host: localHost() };
}

export async function readConfig(configFile: string | undefined): Promise<Config> {
  return await loadConfig(findConfig(configFile), {
    deployers,
    forges,
    serviceManagers,
  });
}

export function deployerOf(target: Target): Deployer {
  const deployer = deployers.find(({ type }) => type === target.type);
  if (deployer === undefined) throw new UsageError(`no deployer is called ${target.type}`);
  return deployer;
}

/** @throws UsageError that names the targets there are. */
export function targetOf(config: Config, key: TargetKey): Target {
  const found = config.targets.find((target) => targetName(target) === targetName(key));
  if (found !== undefined) return found;
  throw new UsageError(`${config.file} has no ${targetName(key)}`, {
    hint: `It has ${config.targets.map(targetName).join(", ") || "no fraise at all"}.`,
  });
}

let version: string | undefined;

/** From package.json, read once. */
export function programVersion(): string {
  version ??= (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
  return version;
}
