import type { ConfigProblem } from "./errors.ts";

/** A part of fraises.yaml that does not work while the rest does. */
export interface Trouble {
  /** `forge`: its deliveries are refused. `target`: its deployments wait. `restart`: a changed key that a reload cannot apply. `traces`: they wait. */
  readonly kind: "forge" | "target" | "restart" | "traces";
  /** The name of the forge or target, or the key. */
  readonly subject: string;
  /** A whole sentence with the remedy. */
  readonly message: string;
}

/** Why the last reload changed nothing. */
export interface ReloadFailure {
  readonly at: string;
  readonly message: string;
  readonly problems: readonly ConfigProblem[];
}
