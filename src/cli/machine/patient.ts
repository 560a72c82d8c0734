import { stat } from "node:fs/promises";
import { actAsOwner, families } from "../../compose/app.ts";
import type { Config } from "../../config/config.ts";
import { findConfig } from "../../config/file/find-config.ts";
import { loadConfig } from "../../config/load.ts";
import type { Store } from "../../store/store.ts";
import type { Account, Patient } from "../../doctor/diagnosis.ts";
import { forges } from "../../forges/index.ts";
import { localHost } from "../../host/local-host.ts";
import { nameOfUser } from "../../host/accounts.ts";
import { programVersion } from "../../program-version.ts";
import type { Invocation } from "../command-entry.ts";
import { withExistingStore } from "../../compose/with-store.ts";
import { askHealth, healthSentence, withHealth } from "../server/ask-health.ts";
import { namedTargets } from "../targets/named-targets.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";

const STATE_DIRECTORY = "/var/lib/fraisier";

/**
 * Reads as much as can be read for the work, and closes the store after it: whatever fails is for the doctor to report. Its words (`api`, `api/production`) name the
 * only targets that are looked at. @throws UsageError if fraises.yaml has none of them.
 */
export async function withPatient<Result>(
  { args, options }: Pick<Invocation<TargetOptions>, "args" | "options">,
  act: (patient: Patient) => Promise<Result>,
): Promise<Result> {
  const [config, configError] = await readable(options.config);
  const targets = config === undefined ? [] : namedTargets(config, args, options);
  const actOn = async (found: Pick<Patient, "store" | "storeError" | "daemonsFault">): Promise<Result> =>
    await act({ ...(await machineOf(config)), configError, targets, ...found });
  if (config === undefined) return await actOn({ store: undefined, storeError: undefined });
  // The service's user, whom root becomes, has to read and write everything. So this command looks at everything as that user.
  await actAsOwner(config);
  const opened = async (store: Store | undefined): Promise<Result> =>
    await actOn({ store, storeError: undefined, daemonsFault: await daemonsFault(config) });
  return await withExistingStore(config, opened, {
    otherwise: async (thrown) => await actOn({ store: undefined, storeError: await withHealth(thrown, config) }),
  });
}

async function daemonsFault(config: Config): Promise<string | undefined> {
  const health = await askHealth(config);
  return health?.status === "store_unavailable" ? healthSentence(health) : undefined;
}

async function machineOf(
  config: Config | undefined,
): Promise<Omit<Patient, "configError" | "targets" | "store" | "storeError">> {
  const stateDirectory = config?.deployment.state_directory ?? STATE_DIRECTORY;
  const variables = Object.entries(config?.variables.values ?? process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return {
    host: localHost(),
    forges,
    config,
    stateDirectory,
    actor: await account(process.getuid?.() ?? 0),
    service: await ownerOf(stateDirectory),
    version: programVersion(),
    env: Object.fromEntries(variables) as Record<string, string>,
    now: new Date(),
  };
}

async function readable(configFile: string | undefined): Promise<[Config | undefined, unknown]> {
  try {
    return [await loadConfig(findConfig(configFile), families), undefined];
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
