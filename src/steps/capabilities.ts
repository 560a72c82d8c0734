import type { Backups } from "../backups/backups.ts";
import type { Target } from "../config/config.ts";
import type { Migrator } from "../databases/migrator.ts";
import type { Deployment } from "../domain/deployment.ts";
import type { Ref } from "../domain/event.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Standing } from "../domain/promotion.ts";
import type { CheckResult } from "../domain/verification.ts";
import type { Host } from "../host/host.ts";
import type { Command, Processes } from "../host/processes.ts";
import type { UserObstacle } from "../host/user-obstacle.ts";
import type { SandboxObstacle } from "../sandbox/try-sandbox.ts";
import type { Service } from "../service-managers/service-manager.ts";
import type { Units } from "../service-managers/units.ts";

/** The capabilities that only look, by name, each with the members that it adds to the context of a step. A preview has no others. */
interface Looks {
  readonly clock: { readonly host: Pick<Host, "clock"> };
  readonly files: { readonly host: Pick<Host, "files"> };
  readonly git: { readonly host: Pick<Host, "git"> };
  /** Runs fraisier's own programs. */
  readonly processes: { readonly host: Pick<Host, "processes"> };
  readonly requests: { readonly host: Pick<Host, "requests"> };
  readonly env: {
    /** The environment that commands get, nothing hidden in it. */
    readonly env: Readonly<Record<string, string>>;
  };
  readonly groupFiles: {
    /** The content (git's hash of it) of each file that a component group has deployed last, by path. */
    groupFiles(group: string): Promise<ReadonlyMap<string, string>>;
  };
  readonly obstacles: {
    /** The commands that run code of the repository without the sandbox that the settings want. */
    sandboxGaps(): Promise<readonly SandboxObstacle[]>;
    /** The reasons why commands cannot run as the users that the settings name. */
    userObstacles(): Promise<readonly UserObstacle[]>;
    /** The reason why migrations in the sandbox do not reach the database, if it is known. */
    databaseObstacle(): Promise<SandboxObstacle | undefined>;
  };
  readonly running: {
    /** The revision that ran before this deployment; undefined for a first one. */
    readonly previousRevision: string | undefined;
    /** The revision that another target runs now, by the record. */
    runsNow(target: TargetKey): Promise<string | undefined>;
  };
  readonly service: {
    readonly service: Service | undefined;
    /** A unit of systemd that is not this target's service. */
    unit(name: string): Service;
  };
  readonly units: {
    /** For a target that is a job: the manager of its units. */
    readonly units: Units | undefined;
  };
}

/** The capabilities that only a deployment has, by name, each with the members that it adds to the context of a step. */
interface Acts {
  readonly backups: {
    /** The backups of the target's database. */
    readonly backups: Backups | undefined;
  };
  readonly changes: {
    /** Whether a step behind this one was begun and changed anything of what runs. For a rollback. */
    readonly hasChanged: boolean;
    /** Whether a step behind this one meddled with the service while that ran. For a rollback. */
    readonly hasDisturbed: boolean;
  };
  readonly command: {
    /** Runs a command in the release (or `cwd`) with its output in the log. @throws StepFailed when it does not exit 0. */
    command(command: Command, options?: CommandOptions): Promise<void>;
    /** Runs what the repository brings, in the sandbox of the target; `host` runs fraisier's own programs. */
    readonly commands: Processes;
    /** The environment that commands find: `env` and what fraisier says of the deployment. */
    commandEnv(): Readonly<Record<string, string>>;
  };
  readonly configuration: {
    /**
     * Loads the fraises.yaml of a release as this host would at a start. Gives what it would change, a line each.
     * @throws StepFailed that names file, line and column; HostUnavailable if something is missing on this host.
     */
    checkConfiguration(release: string): Promise<readonly string[]>;
    /** Has the daemon read its settings again, and gives a sentence on how that went. @throws StepFailed, HostUnavailable if it refused. */
    reloadDaemon(): Promise<string>;
  };
  readonly facts: {
    /** The facts that this step remembered, in this process or in one that died. */
    readonly facts: Facts;
    /** Writes facts to the journal, durable before it resolves. Call it before the act they describe. */
    remember(facts: Facts): Promise<void>;
  };
  readonly journal: {
    /** The facts that another step of this deployment remembered; empty if it never began. */
    factsOf(step: string): Facts;
    /** When another step of this deployment began, as the journal has it; undefined when it did not. */
    startOf(step: { readonly name: string }): Date | undefined;
    /** The last step, in their order, that was begun: how far the deployment came. */
    readonly lastBegun: string | undefined;
  };
  readonly migrator: {
    /** The migrations of the target's database, as the deployment's own release has them. */
    readonly migrator: Migrator | undefined;
  };
  readonly progress: {
    /** Progress within this step, 0–1, with something to show for it. */
    progress(fraction: number, metadata?: Facts): void;
  };
  readonly recordChecks: {
    /** Puts what the checks saw on record, with secrets redacted: durable when it resolves. */
    recordChecks(results: readonly CheckResult[]): Promise<void>;
  };
  readonly recordGroupFile: {
    /** Writes down the content that a component group has deployed of a file, durable before it resolves; undefined: what was deployed of it was taken back. */
    recordGroupFile(group: string, file: string, blob: string | undefined): Promise<void>;
  };
  readonly refs: {
    /** The revision at which this target last knew a ref, by what went live or a sweep saw. Deployments of `except` count only if they succeeded. */
    lastOfRef(ref: Ref, except: string): Promise<string | undefined>;
    /** The reason why this target does not deploy a revision by itself; undefined if it may. */
    heldBack(revision: string): Promise<string | undefined>;
    /** The revisions of the deployments that this one replaced in the queue: if the pushes came in the wrong order, one of them is the newer. */
    readonly replaced: readonly Pick<Deployment, "revision" | "ref">[];
  };
  readonly releases: {
    /** The folder from which the revision before runs. */
    readonly previousRelease: string | undefined;
    /** The ids among these that are deployments on record. */
    recordedDeployments(ids: readonly string[]): Promise<ReadonlySet<string>>;
  };
  readonly revise: {
    /** The tag was an object of its own: from now on the deployment's revision is this commit. */
    peel(revision: string): Promise<void>;
    /** The message of the commit, where the delivery brought none: history shows it. */
    message(text: string): Promise<void>;
  };
  readonly skip: {
    /** Ends the deployment as `skipped`: not a failure, nothing to do. The last one that it had replaced in the queue takes its place again, unless `skip` says otherwise. */
    skip(reason: string, skip?: Skip): never;
  };
  readonly standing: {
    /** The state of another target, with regard to this deployment's revision. */
    standing(target: TargetKey): Promise<Standing>;
  };
  readonly variables: {
    /** The variables that were set for this target (`fraisier env set`), in plain text: part of `env`. */
    readonly variables: ReadonlyMap<string, string>;
  };
  readonly warn: {
    /** Something went wrong that must not make the deployment fail: its log, `history` and `why` say it. Durable when it resolves. */
    warn(text: string): Promise<void>;
  };
}

interface Capabilities extends Looks, Acts {}

/** A thing that a step may ask for beside what every step has. */
export type Capability = keyof Capabilities;

/** The members of these capabilities, all together. */
export type Members<Needs extends Capability> = (
  Needs extends unknown ? (members: Capabilities[Needs]) => void : never
) extends (members: infer All) => void
  ? All
  : never;

/** The context of a step: the members that every step has, and those of the capabilities that it asks for. */
export type StepContext<Needs extends Capability> = Members<Needs> & {
  readonly deployment: Deployment;
  readonly target: Target;
  readonly places: Places;
  /** Aborted when the deployment is cancelled or out of time. While undoing it is a fresh one. */
  readonly signal: AbortSignal;
  /** A line of fraisier's own into the deployment's log. */
  log(line: string): void;
};

/** The part of a step's context that exists before a deployment does. */
export type PreviewContext<Needs extends Capability> = Members<Needs & keyof Looks> & {
  readonly deployment: Pick<Deployment, "revision" | "ref" | "options">;
  readonly target: Target;
  readonly places: Places;
};

/**
 * The folders of one deployment on disk. For `layout: in_place` release and current are the checkout itself; with `code_from` release is the other's current.
 */
export interface Places {
  readonly app: string;
  readonly releases: string;
  /** This deployment's own folder. */
  readonly release: string;
  readonly current: string;
  readonly shared: string;
  readonly mirror: string;
  /** The target's own folder in which only fraisier writes: copies of the units that deployments replace. */
  readonly copies: string;
}

/** Facts a step leaves for its undo and for people: plain JSON. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Why a deployment that is skipped gives its place in the queue to another one that it had replaced, or to none. */
export interface Skip {
  /** The revision of the one that is to go live in its place. */
  readonly instead?: string;
  /** Its revision runs already, or nothing of it would change: a deployment that it replaced is not wanted either. */
  readonly isDone?: boolean;
}

interface CommandOptions {
  /** The release where undefined. */
  readonly cwd?: string;
  readonly user?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** More for its environment. */
  readonly variables?: Readonly<Record<string, string>>;
}
