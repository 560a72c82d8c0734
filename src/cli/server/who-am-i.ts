import { callerDocumentSchema } from "../../answers/schemas/caller-document.ts";
import type { CallerDocument } from "../../answers/schemas/caller-document.ts";
import { ServerUnavailable } from "../../domain/errors.ts";
import type { ApiClient } from "./api-client.ts";
import { doorName } from "./door.ts";

/** The name and rights that a daemon gives to this caller. @throws FraisierError if it gives none. */
export async function whoAmI(client: ApiClient): Promise<CallerDocument> {
  const me = await client.get("/whoami", {}, callerDocumentSchema);
  if (me !== undefined) return me;
  throw new ServerUnavailable(`${doorName(client.door)} does not say who its caller is`);
}
