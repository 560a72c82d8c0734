import type { Config } from "../config/config.ts";
import type { Store } from "../store/store.ts";

/** The parts that answers are computed from: the settings in force and the record. */
export interface Sources {
  readonly config: Config;
  readonly store: Store;
}
