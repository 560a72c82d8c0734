import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** The things that every write and read works on. */
export interface StoreContext {
  readonly db: Kysely<Tables>;
}
