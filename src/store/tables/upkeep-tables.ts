import type { Generated } from "kysely";
import type { Scope } from "../../domain/api-token.ts";

export interface UpkeepTables {
  /** The daemons that serve, and what each knows of its configuration. */
  tb_daemon: DaemonTable;
  /** The hosts on which daemons serve the store, each with the last sign of life of its daemon. */
  tb_host: HostTable;
  /** The daemon that does what must be done once for all hosts; no row in a store in a file. */
  tb_leader: LeaderTable;
  /** The last backup of the store: at most one row. */
  tb_store_backup: StoreBackupTable;
  /** The tokens of the HTTP API, by their hashes. */
  tb_api_token: ApiTokenTable;
  /** People who are signed in to the pages, by the hashes of their cookies. */
  tb_session: SessionTable;
  /** Tokens without their hashes, each with its state. */
  v_api_token: ApiTokenView;
}

interface DaemonTable {
  id: string;
  /** The host that it serves (`tb_host`); '' for a daemon of a version that had no names. */
  name: Generated<string>;
  host: string;
  pid: number;
  boot_id: string;
  start_time: string;
  /** Containers may share host name and boot id: the same pid is another process in another namespace. */
  pid_namespace: string;
  listen: string;
  version: string;
  /** The version of the store that the daemon knows: it only reads a newer store. */
  store_version: number;
  started_at: string;
  /** The fraises.yaml it reads; '' for a daemon of a version that did not say. */
  config_file: string;
  /** The stamp (config/file/stamp.ts) of the file as it read it. */
  config_stamp: string;
  config_read_at: string;
  /** The digest of its settings without those of this host; '' for a daemon of a version that did not say. */
  config_digest: Generated<string>;
  /** JSON: a list of Trouble (domain/trouble.ts). */
  troubles: string;
  /** How many reloads were asked for, and up to which of them it has answered. */
  reload_asked: number;
  reload_answered: number;
  /** JSON: a ReloadFailure (domain/trouble.ts); '' if the last reload went well. */
  reload_failure: string;
}

interface HostTable {
  /** `server.name` of its fraises.yaml. */
  name: string;
  /** JSON: a list of words. */
  labels: string;
  joined_at: string;
  /** The daemon that serves there, or that served there last. */
  daemon_id: string;
  /** How many signs of life its daemons gave. */
  signs: Generated<number>;
  /** The last sign of life, by the clock of the store's server. Null in a store in a file, which gets none. */
  seen_at: string | null;
  /** The load of the last minute in percent of its processors. */
  load_percent: number | null;
  /** Free where deployments write. */
  free_bytes: number | null;
  /** Since when it starts nothing more; null if it does. */
  drained_at: string | null;
  drained_by: Generated<string>;
  drained_reason: Generated<string>;
}

interface LeaderTable {
  id: 1;
  /** Counts up: a leader writes only as long as this is its own term. */
  term: number;
  /** The host that leads (`tb_host`). */
  host: string;
  /** By the clock of the store's server. */
  since: string;
}

interface ApiTokenTable {
  id: string;
  name: string;
  /** SHA-256 of the token. */
  hash: Uint8Array;
  scope: Scope;
  /** JSON: a list of names; `[]` for all. */
  fraises: string;
  environments: string;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
  revoked_by: string | null;
}

interface SessionTable {
  /** SHA-256 of the secret in the cookie. */
  hash: Uint8Array;
  token_id: string;
  created_at: string;
  expires_at: string;
}

export interface ApiTokenView extends Omit<ApiTokenTable, "hash"> {
  state: "active" | "expired" | "revoked";
}

interface StoreBackupTable {
  id: 1;
  at: string;
  /** "-" if it was written to standard output. */
  file: string;
  bytes: number;
  made_by: string;
}
