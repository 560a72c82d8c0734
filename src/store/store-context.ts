import type { Kysely } from "kysely";
import type { OpenBackend } from "./backends/backend.ts";
import type { Call } from "./call.ts";
import type { Tables } from "./tables.ts";

/** The things that every write and read works on. */
export interface StoreContext {
  readonly db: Kysely<Tables>;
  /** The host on which this process works: it starts and ends deployments of this host only. `""` in a store in a file, which serves one host. */
  readonly host: string;
  readonly withoutSync?: OpenBackend["withoutSync"];
  /** The call that this is an attempt of, if it may be made again. */
  readonly call?: Call;
  /** The term of the leader that writes: its writes are refused once another daemon leads. Undefined for writes that no leader makes. */
  readonly term?: number;
  /** Keeps the answer to a request that must not be carried out twice, in the transaction of the act whose result this is. */
  readonly keepAnswer?: (tx: Kysely<Tables>, result: unknown) => Promise<void>;
}
