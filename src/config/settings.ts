import type { FreezeWindow } from "../domain/freeze.ts";
import type { Phase } from "../domain/phase.ts";
import type { DatabaseSettings } from "./keys/database-settings.ts";
import type { Command } from "../host/processes.ts";
import type { JobSettings } from "../schedule/job.ts";
import type { NeedsSettings } from "./keys/needs.ts";
import type { SandboxSettings } from "./keys/sandbox-settings.ts";
import type { ServiceSettings } from "../service-managers/service-manager.ts";

/** A command of the operator's, with what goes with it. */
export interface CommandSettings {
  readonly command: Command;
  readonly user: string | undefined;
  /** Milliseconds; the deployment's own bound where undefined. */
  readonly timeout: number | undefined;
}

/** Keys of `environments.<name>` that every type shares, defaults filled in; keys a deployer adds stand beside them. */
export interface EnvironmentSettings {
  readonly app_path: string;
  readonly layout: "releases" | "in_place";
  /** Paths below `<app_path>/shared` that every release links to. */
  readonly shared: readonly string[];
  readonly keep_releases: number;
  /** Bytes that must be free before anything starts. */
  readonly min_free_space: number;
  /** Milliseconds for the whole deployment. */
  readonly timeout: number;
  /** The host on which fraises.yaml places the target. */
  readonly hosts?: readonly string[];
  /** Commands without a user of their own run as this one. */
  readonly user: string | undefined;
  readonly sandbox: SandboxSettings;
  readonly required_env_vars: readonly string[];
  /** The file into which the target's variables are written for its service. */
  readonly environment_file: string | undefined;
  readonly needs: NeedsSettings;
  readonly install: CommandSettings | undefined;
  readonly build: CommandSettings | undefined;
  readonly test: CommandSettings | undefined;
  readonly database: DatabaseSettings | undefined;
  readonly service: ServiceSettings | undefined;
  /** For a target that is a job. */
  readonly job?: JobSettings | undefined;
  readonly health_check: HealthCheckSettings | undefined;
  readonly hooks: {
    readonly before_deploy: readonly Command[];
    readonly after_deploy: { readonly commands: readonly Command[]; readonly on_error: "warn" | "fail" };
    readonly on_failure: readonly Command[];
  };
  /** The fraise whose code this target runs, by its own releases; undefined for code of its own. */
  readonly code_from?: string;
  readonly rollback: {
    readonly automatic: boolean;
    /** Puts the database back as it was before the deployment, in place of the migrations' own ways back. */
    readonly restore_database: boolean;
  };
  /** The windows of all targets and its own: in them no deployment starts by itself. */
  readonly freeze: readonly FreezeWindow[];
  /** Milliseconds that one phase may take; where none is given only the deployment's own bound holds. */
  readonly phase_timeouts: Readonly<Partial<Record<Phase, number>>>;
  /** The checks that must pass once the release is live; undefined for none. */
  readonly verify: VerifySettings | undefined;
  /** The conditions that a revision must meet before this environment takes it. */
  readonly requires: RequiresSettings | undefined;
  /** The tag that marks what was deployed here. */
  readonly tag: TagSettings | undefined;
  readonly [key: string]: unknown;
}

export interface HealthCheckSettings {
  readonly url: string | undefined;
  readonly expect_status: number;
  /** The body must contain this. */
  readonly expect_body: string | undefined;
  /** Milliseconds until it must be healthy. */
  readonly timeout: number;
  readonly interval: number;
  /** Milliseconds it must stay healthy without a break, the unit neither failing nor restarting. */
  readonly stable_for: number;
}

export interface VerifySettings {
  /** The consequence of a failed check that names none itself. */
  readonly on_failure: "rollback" | "warn";
  /** Milliseconds for all checks together. */
  readonly timeout: number;
  /** The URL that paths of checks are relative to: its own key, else the origin of the health check. */
  readonly base_url: string | undefined;
  readonly checks: readonly CheckSettings[];
}

/** A check of a suite; the keys of its type stand beside these. */
export interface CheckSettings {
  readonly type: string;
  readonly name: string | undefined;
  /** Milliseconds; the type's own bound where undefined. */
  readonly timeout: number | undefined;
  readonly on_failure: "rollback" | "warn";
  readonly [key: string]: unknown;
}

export interface RequiresSettings {
  /** The environment of the same fraise that must run the revision. */
  readonly environment: string;
  /** Its last verification there must have passed. */
  readonly verified: boolean;
  /** Milliseconds since that verification, or since it went live there where none is asked for; undefined: for ever. */
  readonly within: number | undefined;
}

export interface TagSettings {
  /** With placeholders: `deploy/{environment}/{date}-{short}`. */
  readonly name: string;
  readonly push: boolean;
}
