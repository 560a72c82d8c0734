/** The state of a target's service, as the daemon saw it last. */
export interface SeenService {
  /** In the words of its manager: `active (running)`. */
  readonly status: string;
  /** Undefined if its manager could not be asked. */
  readonly isUp: boolean | undefined;
  /** The time of the look. */
  readonly at: string;
}

/** The last look at the service of a target, by the target's name; undefined if there was none. */
export type SeenServices = (target: string) => SeenService | undefined;
