import type { StoreContext } from "../store-context.ts";

export interface NewSession {
  readonly hash: Uint8Array;
  readonly token: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** Writes a new session down, and forgets those that have expired. */
export async function beginSession({ db }: StoreContext, session: NewSession): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom("tb_session").where("expires_at", "<=", session.createdAt).execute();
    await tx
      .insertInto("tb_session")
      .values({
        hash: session.hash,
        token_id: session.token,
        created_at: session.createdAt,
        expires_at: session.expiresAt,
      })
      .execute();
  });
}
