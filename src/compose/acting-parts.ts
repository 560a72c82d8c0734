import type { Target } from "../config/config.ts";
import { databaseObstacle } from "../databases/hidden-database.ts";
import type { Host } from "../host/host.ts";
import type { Processes } from "../host/processes.ts";
import type { Places } from "../steps/capabilities.ts";
import { confine } from "../sandbox/confine.ts";
import { sandboxGaps } from "../sandbox/sandbox-gaps.ts";
import { userObstacles } from "../sandbox/users-of-target.ts";
import { managedOf, systemdUnit } from "../service-managers/index.ts";
import type { Service } from "../service-managers/service-manager.ts";
import type { Units } from "../service-managers/units.ts";
import type { TargetEnvironment } from "./target-environment.ts";

/** A target in its folders, with everything by which fraisier acts on it or asks about it. */
export interface ActingParts {
  /** Processes of commands that the repository brings, in the sandbox of the target. */
  readonly commands: Processes;
  readonly service: Service | undefined;
  /** The manager of its units, if it is a job. */
  readonly units: Units | undefined;
  /** A unit of systemd that is not the target's service. */
  unit(name: string): Service;
  sandboxGaps(): ReturnType<typeof sandboxGaps>;
  userObstacles(): ReturnType<typeof userObstacles>;
  databaseObstacle(): ReturnType<typeof databaseObstacle>;
}

export interface Scene {
  readonly host: Host;
  readonly target: Target;
  readonly places: Places;
  readonly stateDirectory: string;
  readonly env: TargetEnvironment["env"];
}

export function actingParts({ host, target, places, stateDirectory, env }: Scene): ActingParts {
  const { processes } = host;
  return {
    commands: confine({ processes, target, folders: places, stateDirectory }),
    ...managedOf(target.settings, host, env),
    unit: (name) => systemdUnit(name, host, env),
    sandboxGaps: () => sandboxGaps(processes, target),
    userObstacles: () => userObstacles(target),
    databaseObstacle: () => databaseObstacle(processes, target, env, [places.release, places.shared]),
  };
}
