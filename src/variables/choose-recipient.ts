import type { Files } from "../host/files.ts";
import { makeKey, noKey, otherKey, readKey } from "./key-file.ts";
import type { KeyPlace } from "./key-file.ts";

/** The key in force where it is at hand; another one only where nothing is sealed yet. */
export async function chooseRecipient(
  files: Files,
  place: KeyPlace,
  inForce: string | undefined,
  isUsed: boolean,
): Promise<string> {
  const { newIdentity, recipientOf } = await import("./seal.ts");
  let identities = await readKey(files, place);
  if (identities.length === 0) {
    if (isUsed) throw noKey(place);
    await makeKey(files, place, await newIdentity());
    // If two processes make a key at once, both take the first one written.
    identities = await readKey(files, place);
  }
  const recipients = await Promise.all(identities.map(recipientOf));
  if (inForce !== undefined && recipients.includes(inForce)) return inForce;
  const [first] = recipients;
  if (isUsed || first === undefined) throw otherKey(place);
  return first;
}
