import type { Config } from "../config/config.ts";
import type { Loadable } from "../config/file/watch-config.ts";
import { daemonVariables } from "../config/secrets/secrets.ts";
import { storeUrlIn } from "../config/secrets/store-url-in.ts";
import { targetName } from "../domain/fraise.ts";
import { withPassword } from "../domain/postgres-url.ts";
import { launchers } from "../launchers/index.ts";
import type { Launcher } from "../launchers/launcher.ts";
import type { Log } from "../log.ts";
import { startDispatcher } from "../queue/dispatcher.ts";
import type { Dispatcher } from "../queue/dispatcher.ts";
import { otherStore, targetFault } from "../reloading/troubles.ts";
import type { App } from "./app.ts";
import type { Duties } from "./hold-duties.ts";
import type { SettingsHolder } from "./in-force.ts";
import { keptConfig } from "./kept-settings.ts";

interface DaemonParts {
  readonly app: App;
  readonly settings: SettingsHolder;
  readonly launcher: Launcher;
  readonly duties: Pick<Duties, "nouns">;
  readonly log: Log;
  /** The state of fraises.yaml for a process that starts now. */
  loadable(): Promise<Loadable>;
}

/** The dispatcher of the daemon, with the launcher, the settings in force, and the faults of fraises.yaml as a runner would find it now. */
export function startDispatching({ app, settings, launcher, duties, loadable, log }: DaemonParts): Dispatcher {
  const { config: first, store, host } = app;
  const broken = (fault: string) => ({ kind: "configuration", problem: settings.now().redact(fault) }) as const;
  return startDispatcher({
    store,
    host: first.server.name,
    leading: () => duties.nouns(),
    launcher,
    stopRunner: async (kind, deployment, pid) =>
      await (launchers.find(({ name }) => name === kind) ?? launcher).stop(deployment, pid),
    configFile: first.file,
    settings: () => settings.now().queue,
    configFault: async () => {
      const { config, fault } = await loadable();
      return config === undefined ? broken(fault) : otherStore(first, config);
    },
    storeFault: async () => {
      if (await launcher.tellsStore()) return undefined;
      const { config, fault } = await loadable();
      if (config !== undefined) return otherStore(first, config);
      return (await storeUrlIn(first.file)) === first.store.url.reveal() ? undefined : broken(fault);
    },
    targetFault: async (target, begun) => {
      const config = begun === undefined ? (await loadable()).config : await keptConfig(store, host, first.file, begun);
      return config === undefined ? undefined : await targetFault(config, targetName(target), store);
    },
    clock: host.clock,
    log,
  });
}

/** The launcher, for runners that open the daemon's store and get no secret of a webhook. */
export function forRunners(launcher: Launcher, { store }: Config, settings: SettingsHolder): Launcher {
  return {
    ...launcher,
    launch: (launch) =>
      launcher.launch({
        ...launch,
        store: withPassword(store.url.reveal(), undefined),
        withheld: daemonVariables(settings.now().config),
      }),
  };
}
