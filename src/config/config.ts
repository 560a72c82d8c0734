import type { ConfigProblem } from "../domain/errors.ts";
import type { Route, TargetKey } from "../domain/fraise.ts";
import type { EnvironmentSettings } from "./settings.ts";
import type { KeptSettings } from "./edit/take-out-secrets.ts";
import type { Variables } from "./file/variables.ts";

/**
 * fraises.yaml, read, checked and frozen. Settings keep the user's spelling (snake_case), so that a message can name the key;
 * durations are milliseconds, sizes are bytes.
 */
export interface Config {
  /** Absolute path of the file. */
  readonly file: string;
  /** The content of the file, with that of the file from git behind it (from-git/two-files.ts); for a runner, without the secrets of webhooks. */
  readonly text: string;
  /** The settings that a deployment keeps of the file. Only a runner has it, and only if secrets of webhooks stand in the file itself. */
  readonly kept?: KeptSettings;
  /** The stamp of the file as it was read (stamp.ts). */
  readonly stamp: string;
  readonly name: string;
  /** Settings of each forge and instance named under `git:`, by its name there. */
  readonly forges: Readonly<Record<string, ForgeSettings>>;
  readonly store: {
    /** With the password, for a store on a server. */
    readonly url: Secret;
    /** The password alone; undefined if the URL itself has one, or needs none. */
    readonly password: Secret | undefined;
    /** Milliseconds for which a runner waits for a store on a server that is away. */
    readonly patience: number;
    readonly keep_payloads_days: number;
    readonly keep_logs_days: number;
    readonly keep_history_days: number;
    /** Bytes above which the oldest payloads, logs and then history go before their days are over. */
    readonly max_size: number;
  };
  readonly deployment: {
    readonly concurrency: number;
    readonly timeout: number;
    readonly stuck_after: number;
    readonly retries: number;
    readonly keep_releases: number;
    /** The folder of the mirrors. */
    readonly state_directory: string;
    /** Milliseconds between two sweeps; 0: none. */
    readonly sweep_interval: number;
  };
  readonly server: {
    /** The name of this host among those that share the store. */
    readonly name: string;
    readonly labels: readonly string[];
    /** The address that it listens on. */
    readonly host: string;
    readonly port: number;
    readonly public_url: string | undefined;
    readonly trusted_proxies: readonly string[];
    /** Words of domain/public-paths.ts. */
    readonly public: readonly string[];
    /** Paths of unix sockets; undefined for the usual ones. */
    readonly read_socket: string | undefined;
    readonly control_socket: string | undefined;
    /** Undefined if no traces are wanted. */
    readonly traces: TracesSettings | undefined;
  };
  readonly targets: readonly Target[];
  /** The fraise whose repository holds fraises.yaml; undefined if the local file alone counts. */
  readonly configuration: ConfigurationSource | undefined;
  readonly warnings: readonly ConfigProblem[];
  /** The process's environment and the file `environment` beside fraises.yaml: for targets, without the secrets of webhooks. */
  readonly variables: Variables;
  /** Files with secrets beside fraises.yaml that this user may not read. */
  readonly closedSecretFiles: readonly string[];
}

export interface TracesSettings {
  /** With its path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, Secret>>;
  /** Milliseconds for one request. */
  readonly timeout: number;
}

interface ConfigurationSource {
  /** The name of its target: `settings/production`. */
  readonly target: string;
  /** The folder with its releases. */
  readonly folder: string;
  /** The file that counts while a revision is in force. */
  readonly path: string;
  /** The path of fraises.yaml in the repository. */
  readonly file: string;
  /** The revision in force; undefined as long as none was deployed: the local file alone counts then. */
  readonly revision: string | undefined;
  /** Keys of the local file that do not count while it is. */
  readonly unused: readonly string[];
}

export interface ForgeSettings extends WebhookSecrets {
  /** The forge: `gitea` for the instance `gitea-internal`. */
  readonly provider: string;
  readonly base_url: string | undefined;
  /** Addresses and ranges that may send deliveries; empty: all of them. */
  readonly allow_from: readonly string[];
  /** Secrets of single repositories, for which the forge's own prove nothing. */
  readonly repositories: readonly RepositorySecrets[];
}

export interface WebhookSecrets {
  /** `webhook_secret`, `secret_token`: several while they are rotated. */
  readonly secrets: readonly Secret[];
  readonly signing_tokens: readonly Secret[];
}

export interface RepositorySecrets extends WebhookSecrets {
  /** As domain/fraise.ts (`repositoryKey`) writes it. */
  readonly repository: string;
  /** The keys of fraises.yaml that name them: `fraises.shop.webhook_secret`. */
  readonly key: string;
}

/** A fraise in an environment (and a job): what is deployed. */
export interface Target extends TargetKey, Route {
  /** The place of `hosts` in the file. */
  readonly hosts_at?: ConfigProblem;
  readonly type: string;
  readonly description: string;
  /** May hold credentials: a secret. */
  readonly clone_url: Secret;
  readonly settings: EnvironmentSettings;
}

/** A value that is resolved when it is used and never printed: `String(secret)` and JSON give `***`. */
export interface Secret {
  /**
   * @param variables those of a target, which win over the daemon's.
   * @throws ConfigError that names file, line and column when its variable is unset or its file unreadable or empty.
   */
  reveal(variables?: Readonly<Record<string, string>>): string;
  /** `***`. */
  toString(): string;
}
