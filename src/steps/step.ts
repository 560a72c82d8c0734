import type { Backups } from "../backups/backups.ts";
import type { Target } from "../config/config.ts";
import type { Migrator } from "../databases/migrator.ts";
import type { Deployment } from "../domain/deployment.ts";
import type { Phase } from "../domain/phase.ts";
import type { Host } from "../host/host.ts";
import type { Command } from "../host/processes.ts";
import type { Service } from "../service-managers/service-manager.ts";

/** The smallest unit that is recorded before and after it runs. Running it twice must do no harm. */
export interface Step {
  /** Stable once released: the key under which the outcome is recorded. */
  readonly name: string;
  readonly phase: Phase;
  /** What it will do, in a sentence for `--dry-run`: `Switch /srv/shop/current to the new release`. */
  describe(context: Pick<StepContext, "target" | "places">): string;
  run(context: StepContext): Promise<void>;
  /**
   * Takes back what `run` did, or began to do: it may be called when `run` only half happened, in another process,
   * and more than once. A deployment that fails undoes every step it started that has one, last first.
   */
  undo?(context: StepContext): Promise<void>;
}

/** Where one deployment lives on disk. For `layout: in_place` release and current are the checkout itself. */
export interface Places {
  readonly app: string;
  readonly releases: string;
  /** This deployment's own folder. */
  readonly release: string;
  readonly current: string;
  readonly shared: string;
  readonly mirror: string;
}

/** Facts a step leaves for its undo and for people: plain JSON. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface StepContext {
  readonly deployment: Deployment;
  readonly target: Target;
  readonly places: Places;
  readonly host: Host;
  /** The revision that ran before this deployment; undefined for a first one. */
  readonly previousRevision: string | undefined;
  /** The folder it runs from. */
  readonly previousRelease: string | undefined;
  /** Revisions of the deployments this one replaced in the queue: were the pushes in the wrong order, one of them is the newer. */
  readonly replacedRevisions: readonly string[];
  readonly service: Service | undefined;
  /** The migrations of the target's database, as the deployment's own release has them. */
  readonly migrator: Migrator | undefined;
  /** The backups of the target's database. */
  readonly backups: Backups | undefined;
  /** The environment that commands get, nothing hidden in it. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborted when the deployment is cancelled or out of time. While undoing it is a fresh one. */
  readonly signal: AbortSignal;
  /** What this step remembered, in this process or in one that died. */
  readonly facts: Facts;
  /** The last step, in their order, that was begun: how far the deployment came. */
  readonly lastBegun: string | undefined;
  /** Writes facts to the journal, durable before it resolves. Call it before the act they describe. */
  remember(facts: Facts): Promise<void>;
  /** A line of fraisier's own into the deployment's log. */
  log(line: string): void;
  /** Runs a command in the release (or `cwd`) with its output in the log. @throws StepFailed when it does not exit 0. */
  command(
    command: Command,
    options?: { cwd?: string; user?: string | undefined; timeoutMs?: number | undefined },
  ): Promise<void>;
  /** Progress within this step, 0–1, with something to show for it. */
  progress(fraction: number, metadata?: Facts): void;
  /** The tag was an object of its own: from now on the deployment's revision is this commit. */
  peel(revision: string): Promise<void>;
  /** Ends the deployment as `skipped`: not a failure, nothing to do. `instead`: a revision that must be deployed in its place. */
  skip(reason: string, instead?: string): never;
}
