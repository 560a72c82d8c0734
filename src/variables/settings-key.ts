import { join } from "node:path";
import type { Files } from "../host/files.ts";
import { readKey } from "./key-file.ts";
import type { KeyPlace } from "./key-file.ts";
import type { Owner } from "./seal.ts";

const TEXT =
  "# This key opens the secrets that deployments keep while they run. It is not needed in a backup: fraisier makes a new one.\n";

/** Seals the secrets that a deployment keeps while it runs, for a key beside the store: a copy of the store alone does not show them. */
export async function sealSecrets(
  files: Files,
  stateDirectory: string,
  owner: Owner,
  secrets: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const { newIdentity, recipientOf, seal } = await import("./seal.ts");
  const place = placeIn(stateDirectory);
  if ((await readKey(files, place)).length === 0)
    await files.createSecret(place.path, `${TEXT}${await newIdentity()}\n`);
  // Another process may have made the key at the same moment.
  const [identity = ""] = await readKey(files, place);
  return await seal(owner, JSON.stringify(secrets), await recipientOf(identity));
}

/** @throws HostUnavailable if the key is not there any more, or is another one; StoreUnavailable if what is sealed was changed. */
export async function openSecrets(
  files: Files,
  stateDirectory: string,
  owner: Owner,
  sealed: Uint8Array,
): Promise<Readonly<Record<string, string>>> {
  const { unseal } = await import("./seal.ts");
  return JSON.parse(await unseal(owner, sealed, await readKey(files, placeIn(stateDirectory)))) as Record<
    string,
    string
  >;
}

function placeIn(stateDirectory: string): KeyPlace {
  return { path: join(stateDirectory, "settings.key"), isCredential: false };
}
