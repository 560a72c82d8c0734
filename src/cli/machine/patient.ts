import { stat } from "node:fs/promises";
import { actAsOwner, families, openExistingStore } from "../../compose/app.ts";
import { findConfig } from "../../config/file/find-config.ts";
import { loadConfig } from "../../config/load.ts";
import type { Account, Patient } from "../../doctor/diagnosis.ts";
import { forges } from "../../forges/index.ts";
import { localHost } from "../../host/local-host.ts";
import { nameOfUser } from "../../host/accounts.ts";
import { programVersion } from "../../program-version.ts";
import { namedTargets } from "../targets/named-targets.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

const STATE_DIRECTORY = "/var/lib/fraisier";

/**
 * Reads as much as can be read: whatever fails is for the doctor to report. The caller closes the store.
 * @param words `api` or `api/production`: only these targets. @throws UsageError if fraises.yaml has none of them.
 */
export async function readPatient(
  configFile: string | undefined,
  words: readonly string[],
  options: TargetOptions,
): Promise<Patient> {
  const [config, configError] = await attempt(async () => await loadConfig(findConfig(configFile), families));
  // The service's user, whom root becomes, has to read and write everything. So this command looks at everything as that user.
  if (config !== undefined) await actAsOwner(config);
  const [store, storeError] = config === undefined ? [] : await attempt(() => openExistingStore(config));
  const stateDirectory = config?.deployment.state_directory ?? STATE_DIRECTORY;
  const variables = Object.entries(config?.variables.values ?? process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return {
    host: localHost(),
    forges,
    config,
    configError,
    targets: config === undefined ? [] : namedTargets(config, words, options),
    stateDirectory,
    actor: await account(process.getuid?.() ?? 0),
    service: await ownerOf(stateDirectory),
    store,
    storeError,
    version: programVersion(),
    env: Object.fromEntries(variables) as Record<string, string>,
    now: new Date(),
  };
}

async function attempt<Result>(action: () => Promise<Result>): Promise<[Result | undefined, unknown]> {
  try {
    return [await action(), undefined];
  } catch (error) {
    return [undefined, error];
  }
}

async function ownerOf(folder: string): Promise<Account | undefined> {
  try {
    return await account((await stat(folder)).uid);
  } catch {
    // The folder does not exist, or this user may not look at it: the examination of folders says which.
    return undefined;
  }
}

async function account(uid: number): Promise<Account> {
  return { uid, name: nameOfUser(uid) ?? `uid ${uid}` };
}
