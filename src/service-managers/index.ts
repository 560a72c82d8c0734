import { HostUnavailable } from "../domain/errors.ts";
import type { Host } from "../host/host.ts";
import { command } from "./command.ts";
import type { Service, ServiceManager, ServiceSettings } from "./service-manager.ts";
import { systemd } from "./systemd.ts";

/** Every service manager fraisier speaks to. */
export const serviceManagers: readonly ServiceManager[] = [systemd, command];

/** The service these settings name; undefined where there are none. @throws HostUnavailable for an unknown manager. */
export function serviceOf(
  settings: ServiceSettings | undefined,
  host: Host,
  env: Readonly<Record<string, string>>,
): Service | undefined {
  if (settings === undefined) return undefined;
  const manager = serviceManagers.find(({ name }) => name === settings.manager);
  if (manager === undefined) {
    throw new HostUnavailable(`there is no service manager ${JSON.stringify(settings.manager)}`, {
      hint: `Known are: ${serviceManagers.map(({ name }) => name).join(", ")}.`,
    });
  }
  return manager.service(settings, host, env);
}

/** A unit of systemd that is no target's service. */
export function systemdUnit(unit: string, host: Host, env: Readonly<Record<string, string>>): Service {
  return systemd.service({ manager: systemd.name, unit }, host, env);
}
