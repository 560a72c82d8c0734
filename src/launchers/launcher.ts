/** Starts runners: each deployment in a process of its own, which outlives the daemon. */
export interface Launcher {
  /** Recorded with the deployment: `process`, `systemd`. */
  readonly name: string;
  /** Whether this machine, as this user, can launch so. */
  isAvailable(): Promise<boolean>;
  /**
   * Starts `fraisier run <deployment>` and returns once it is started, not when it is done. `onExit` is called when the launcher happens to
   * learn that it ended. @throws HostUnavailable when it cannot be started.
   */
  launch(launch: Launch): Promise<void>;
  /** Whether its runners get `store` of a launch: they find their deployment even if fraises.yaml was emptied. */
  tellsStore(): Promise<boolean>;
  /**
   * Why there is no runner although one was launched, for a launcher whose `onExit` does not tell; undefined if there is one, or may be soon.
   */
  lost?(deployment: string): Promise<string | undefined>;
  /** Ends a runner that does not end by itself, with everything it started. A runner that is gone already is fine. */
  stop(deployment: string, pid: number): Promise<void>;
}

export interface Launch {
  readonly deployment: string;
  readonly configFile: string;
  /** Outer bound in milliseconds, beyond the deployment's own. */
  readonly timeoutMs: number;
  /** The URL of the store that this process works with. */
  readonly store?: string;
  /** Names of variables of this process that the runner must not get: the secrets of webhooks. */
  readonly withheld?: readonly string[];
  onExit(how: string): void;
}
