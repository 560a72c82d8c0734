import type { StoreContext } from "../store-context.ts";

export type BackupOutcome =
  | { readonly status: "complete"; readonly bytes: number; readonly manifestSha256: string }
  | { readonly status: "failed"; readonly error: string }
  | { readonly status: "deleted" };

/** Writes down what became of a backup. */
export async function settleBackup({ db }: StoreContext, id: string, outcome: BackupOutcome): Promise<void> {
  const at = new Date().toISOString();
  await db
    .updateTable("tb_backup")
    .set({
      status: outcome.status,
      ...(outcome.status === "deleted" ? {} : { finished_at: at }),
      ...(outcome.status === "failed" ? { error: outcome.error } : {}),
      ...(outcome.status === "complete" ? { bytes: outcome.bytes, manifest_sha256: outcome.manifestSha256 } : {}),
    })
    .where("id", "=", id)
    .execute();
}
