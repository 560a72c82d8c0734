/** A reason why a unit could not be acted on or its output not be read, known without touching it. */
export interface Obstacle {
  readonly problem: string;
  /** The command or change that removes it. */
  readonly hint: string;
}

/** The verbs that a deployment is going to use on a service. */
export interface ServiceNeeds {
  readonly verbs: readonly ("restart" | "stop")[];
  /** Whether the service's output is going to be read. */
  readonly output: boolean;
}
