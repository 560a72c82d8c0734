import type { StoreContext } from "../store-context.ts";
import { currentRecipient } from "./variable-key.ts";
import { serially } from "./serially.ts";

/** Does something with the key's file while no other process can change which key is in force. */
export async function holdVariableKey(
  { db }: StoreContext,
  act: (recipient: string | undefined) => Promise<void>,
): Promise<void> {
  await serially(db, async (tx) => await act(await currentRecipient(tx)));
}
