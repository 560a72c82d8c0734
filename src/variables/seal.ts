import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import type { TargetKey } from "../domain/fraise.ts";
import { targetName } from "../domain/fraise.ts";
import { HostUnavailable, StoreUnavailable } from "../domain/errors.ts";

/** The owner of a value: sealed with it, so that a value moved to another row is noticed. */
export interface Owner extends TargetKey {
  readonly name: string;
}

export async function newIdentity(): Promise<string> {
  return await generateX25519Identity();
}

export async function recipientOf(identity: string): Promise<string> {
  return await identityToRecipient(identity);
}

/** Seals a value, together with whose it is, for this key only. */
export async function seal(
  { fraise, environment, job, name }: Owner,
  value: string,
  recipient: string,
): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return await encrypter.encrypt(JSON.stringify([fraise, environment, job, name, value]));
}

/** @throws HostUnavailable when none of these keys opens it, StoreUnavailable when it is damaged or somebody put it there. */
export async function unseal(owner: Owner, sealed: Uint8Array, identities: readonly string[]): Promise<string> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  let text: string;
  try {
    text = await decrypter.decrypt(sealed, "text");
  } catch (cause) {
    if (String(cause).includes("no identity matched"))
      throw new HostUnavailable(`the key at hand does not open ${shown(owner)}`);
    throw new StoreUnavailable(`${shown(owner)} is damaged in the store`, {
      hint: "Set it again, or restore the store from a backup.",
      cause,
    });
  }
  const [fraise, environment, job, name, value] = JSON.parse(text) as string[];
  const isOwn =
    fraise === owner.fraise && environment === owner.environment && job === owner.job && name === owner.name;
  if (!isOwn || value === undefined) {
    throw new StoreUnavailable(`the value that the store has as ${shown(owner)} belongs to something else`, {
      hint: "Somebody changed the store by hand: find out who, and set the variable again.",
    });
  }
  return value;
}

function shown(owner: Owner): string {
  return `${owner.name} of ${targetName(owner)}`;
}
