import type { Families } from "../families.ts";
import type { SecretField } from "../keys/fields.ts";
import type { Problems } from "../file/problems.ts";
import type { RawConfig } from "../keys/schema.ts";
import type { LateSecret } from "../secrets/secrets.ts";

/** Makes a value that is resolved when it is used, from what a field of the file says. */
export type MakeSecret = (field: SecretField, finish?: (value: string) => string) => LateSecret;

/** A fraises.yaml on its way to a Config: its shape is right, and what only the whole file can tell is being checked. */
export interface Draft {
  readonly data: RawConfig;
  readonly families: Families;
  /** The folder of the mirrors, and of what is deployed for fraisier itself. */
  readonly stateDirectory: string;
  /** Files and folders of fraisier's own that a file from git may not open to commands; empty if the targets are the local file's. */
  readonly closed: readonly string[];
  /** Several hosts can share the store: it is on PostgreSQL, or nobody can tell yet. */
  readonly isStoreShared: boolean;
  /** The problems that were found so far. */
  readonly problems: Problems;
  /** For secrets of targets. */
  readonly secret: MakeSecret;
  /** For secrets of webhooks, which no target may know. */
  readonly webhookSecret: MakeSecret;
}
