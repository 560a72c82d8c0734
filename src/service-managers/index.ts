import { HostUnavailable } from "../domain/errors.ts";
import type { Host } from "../host/host.ts";
import type { JobSettings } from "../schedule/job.ts";
import { command } from "./command.ts";
import type { Service, ServiceManager, ServiceSettings } from "./service-manager.ts";
import { systemdUnits } from "./systemd-units.ts";
import { systemd } from "./systemd.ts";
import type { Units } from "./units.ts";

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
  return systemd.service({ manager: systemd.name, unit, scope: "system" }, host, env);
}

/** The settings of a target that say who manages it. */
interface ManagedSettings {
  readonly service: ServiceSettings | undefined;
  readonly job?: JobSettings | undefined;
}

/** The things that bring a target's code to life: its service, and the manager of its units if it is a job. */
export function managedOf(
  settings: ManagedSettings,
  host: Host,
  env: Readonly<Record<string, string>>,
): { readonly service: Service | undefined; readonly units: Units | undefined } {
  return {
    service: serviceOf(settings.service, host, env),
    units: settings.job === undefined ? undefined : systemdUnits(settings.job, host, env),
  };
}
