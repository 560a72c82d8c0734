import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** What every write and read works on. */
export interface StoreContext {
  readonly db: Kysely<Tables>;
}
