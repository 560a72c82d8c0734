import type { Config } from "../config/config.ts";
import type { Host } from "../host/host.ts";
import type { Store } from "../store/store.ts";

/** The parts that an action needs to find what is meant: the settings and the record. */
export interface Finding {
  readonly config: Config;
  readonly store: Store;
}

/** The parts that an action needs: those of Finding, and this machine. */
export interface Acting extends Finding {
  readonly host: Host;
}
