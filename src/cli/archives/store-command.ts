import type { Invocation } from "../command-entry.ts";

/** The options of `fraisier store`. */
export interface StoreOptions {
  readonly to?: string;
  readonly recipient: readonly string[];
  readonly identity?: string;
  readonly passphraseFile?: string;
  readonly unencrypted?: boolean;
  readonly withoutKey?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export type StoreInvocation = Invocation<StoreOptions>;
