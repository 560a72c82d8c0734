import type { JobSettings } from "../schedule/job.ts";
import type { Obstacle } from "./obstacle.ts";
import type { ServiceState } from "./service-manager.ts";
import type { TimerState } from "./timer-state.ts";

/** The facts that systemd has about one unit's file. */
interface UnitFile {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, … */
  readonly load: string;
  /** The path it came from; "" if there is none. */
  readonly path: string;
}

/** Unit files of jobs, and the manager that acts on them. Every method that changes something throws StepFailed or HostUnavailable with its words. */
export interface Units {
  /**
   * The obstacles that would keep this user from starting the timer of units that were installed by hand, as far as they can be known without touching them.
   * For units that fraisier writes: only whether the manager answers.
   */
  obstacles(
    job: Pick<JobSettings, "timer" | "service" | "command" | "calendar" | "unit_files">,
  ): Promise<readonly Obstacle[]>;
  /** The folder for unit files of this scope. */
  readonly directory: string;
  /** Whom fraisier runs as, for units that must say a user; undefined where the manager knows only one. */
  readonly user: string | undefined;
  /**
   * Whether a unit of a user's own manager with these lines of [Service] can run a program. Tried once for each set of lines, as kernels and security modules differ in
   * what they let users do. False for the system's manager.
   */
  canConfine(lines: readonly (readonly [key: string, value: string])[]): Promise<boolean>;
  /** Whether the manager looks for units in `directory`; undefined where it does not say. */
  isSearched(): Promise<boolean | undefined>;
  /** Has `systemd-analyze verify` look at files, which must be named as the units are. Its warnings count. */
  verify(files: readonly string[]): Promise<void>;
  /** Asks whether a calendar expression ever comes; the next time in ISO-8601. */
  nextOf(calendar: string): Promise<string>;
  unitFile(unit: string): Promise<UnitFile>;
  timerState(timer: string): Promise<TimerState>;
  serviceState(service: string): Promise<ServiceState>;
  /** daemon-reload. */
  reload(signal?: AbortSignal): Promise<void>;
  enable(timer: string, signal?: AbortSignal): Promise<void>;
  /** … and stops it. */
  disable(timer: string): Promise<void>;
  restart(timer: string, signal?: AbortSignal): Promise<void>;
  stop(timer: string): Promise<void>;
  /** Forgets an earlier failure, where there is one and we may. */
  forgetFailure(service: string): Promise<void>;
}
