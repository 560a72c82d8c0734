import type { KnownDaemon } from "../../domain/known-daemon.ts";
import type { ReloadFailure } from "../../domain/trouble.ts";
import type { StoreContext } from "../store-context.ts";
import type { NewDaemon } from "./register-daemon.ts";

/** The facts that a daemon reports anew about itself. */
export interface DaemonNews {
  readonly troubles?: KnownDaemon["troubles"];
  /** The settings that are in force now. */
  readonly config?: Pick<NewDaemon, "labels"> & {
    readonly stamp: string;
    readonly readAt: string;
    readonly digest: string;
  };
  /** The answer to everybody who has asked for a reload, up to this number. */
  readonly reload?: { readonly answered: number; readonly failure: ReloadFailure | undefined };
}

/** A daemon tells how its settings stand. */
export async function tellDaemon(
  { db }: StoreContext,
  daemon: string,
  { troubles, config, reload }: DaemonNews,
): Promise<void> {
  const failure = reload?.failure === undefined ? "" : JSON.stringify(reload.failure);
  await db
    .updateTable("tb_daemon")
    .set({
      ...(troubles === undefined ? {} : { troubles: JSON.stringify(troubles) }),
      ...(config === undefined
        ? {}
        : { config_stamp: config.stamp, config_read_at: config.readAt, config_digest: config.digest }),
      ...(reload === undefined ? {} : { reload_answered: reload.answered, reload_failure: failure }),
    })
    .where("id", "=", daemon)
    .execute();
  if (config === undefined) return;
  await db
    .updateTable("tb_host")
    .set({ labels: JSON.stringify(config.labels) })
    .where("daemon_id", "=", daemon)
    .execute();
}
