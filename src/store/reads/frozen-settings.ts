import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

export interface FrozenSettings extends TargetKey {
  readonly text: string;
  /** Sealed; undefined if there are none, or the deployment has ended. */
  readonly secrets: Uint8Array | undefined;
}

/** The text of fraises.yaml that a deployment began with, and the literal secrets taken out of it; undefined if the deployment has not begun. */
export async function frozenSettings({ db }: StoreContext, id: string): Promise<FrozenSettings | undefined> {
  const row = await db
    .selectFrom("tb_deployment as d")
    .innerJoin("tb_settings as s", "s.hash", "d.settings")
    .leftJoin("tb_kept_secret as k", "k.deployment_id", "d.id")
    .select(["d.fraise", "d.environment", "d.job", "s.text", "k.sealed as secrets"])
    .where("d.id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, secrets: row.secrets ?? undefined };
}
