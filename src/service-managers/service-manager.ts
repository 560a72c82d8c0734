import type { z } from "zod";
import type { Host } from "../host/host.ts";
import type { CodeOrigin, WantedCode } from "./code-origin.ts";
import type { Obstacle, ServiceNeeds } from "./obstacle.ts";

/** The word after `manager:` and the keys beside it, as the user wrote them in `service:`. */
export interface ServiceSettings {
  readonly manager: string;
  /** The unit or service's name, where the manager knows services by name. */
  readonly unit?: string | undefined;
  readonly [key: string]: unknown;
}

/** The state of a service, as its manager says. */
export interface ServiceState {
  /** Running, or for a oneshot unit: done well. */
  readonly up: boolean;
  /** Still on its way (activating, auto-restart): ask again. */
  readonly changing: boolean;
  /** It gave up: waiting longer does not help. */
  readonly failed: boolean;
  /** Something of it runs, or is about to start or stop: a stop would change something. */
  readonly isActive: boolean;
  /** How often the manager restarted it by itself, where it counts: a number that grows means a crash loop. */
  readonly restarts: number | undefined;
  /** The main process, where known: one that changes means a restart. */
  readonly mainPid: number | undefined;
  /** For people: `active (running)`, `failed (exit-code)`. */
  readonly description: string;
}

/** Starts, stops and watches one service of the operator's. */
export interface Service {
  /** For people: `shop-api.service`, `service (pm2 restart shop)`. */
  readonly name: string;
  /** Starts or restarts it, and returns once the manager says the start is done. Throws StepFailed with the manager's words. */
  restart(signal?: AbortSignal): Promise<void>;
  stop(signal?: AbortSignal): Promise<void>;
  state(): Promise<ServiceState>;
  /**
   * Its last lines of output; undefined where they cannot be read. `since`: only what came after, where the manager can tell.
   */
  recentOutput(lines: number, since?: Date): Promise<readonly string[] | undefined>;
  /** Whether it runs the code of its target; undefined for managers and units of which that cannot be known. */
  codeOrigin(wanted: WantedCode): Promise<CodeOrigin | undefined>;
  /** The obstacles that would keep this user from doing that, as far as they can be known without touching the service. */
  obstacles(needs: ServiceNeeds): Promise<readonly Obstacle[]>;
}

/** The settings under `service:`, with the keys of one manager as its schema gives them. */
type SettingsOf<Shape extends z.ZodRawShape> = ServiceSettings & z.output<z.ZodObject<Shape>>;

/** Knows how one kind of service manager is spoken to. */
export interface ServiceManager<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The word after `manager:` in fraises.yaml. */
  readonly name: string;
  /** The keys beside `manager:` that it knows. */
  readonly settings: Shape;
  /** Whether the output of such a service can be read. */
  keepsOutput(settings: SettingsOf<Shape>): boolean;
  /** The service; throws HostUnavailable later, when used on a machine without this manager. */
  service(settings: SettingsOf<Shape>, host: Host, env: Readonly<Record<string, string>>): Service;
}

/** A service manager whose functions get the settings that its own schema gives. */
export function defineServiceManager<Shape extends z.ZodRawShape>(manager: ServiceManager<Shape>): ServiceManager {
  return manager;
}
