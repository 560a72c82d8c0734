import type { DatabaseSettings } from "./database-settings.ts";
import type { Command } from "../host/processes.ts";
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
  /** Commands without a user of their own run as this one. */
  readonly user: string | undefined;
  readonly required_env_vars: readonly string[];
  readonly install: CommandSettings | undefined;
  readonly build: CommandSettings | undefined;
  readonly test: CommandSettings | undefined;
  readonly database: DatabaseSettings | undefined;
  readonly service: ServiceSettings | undefined;
  readonly health_check: HealthCheckSettings | undefined;
  readonly hooks: {
    readonly before_deploy: readonly Command[];
    readonly after_deploy: readonly Command[];
    readonly on_failure: readonly Command[];
  };
  readonly rollback: {
    readonly automatic: boolean;
    /** Puts the database back as it was before the deployment, in place of the migrations' own ways back. */
    readonly restore_database: boolean;
  };
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
