import { Readable } from "node:stream";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { HostUnavailable, UsageError } from "../domain/errors.ts";

/** How an archive is locked: for the holders of identities, or by a passphrase. */
export type Lock =
  | { readonly kind: "recipients"; readonly recipients: readonly string[] }
  | { readonly kind: "passphrase"; readonly passphrase: string };

/** The secrets that open an archive. */
export type Key =
  | { readonly kind: "identities"; readonly identities: readonly string[] }
  | { readonly kind: "passphrase"; readonly passphrase: string };

/** An identity that opens archives, and the recipient to lock them for. */
export async function newIdentity(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** Encrypts while it is read. @throws UsageError for a recipient that is none. */
export async function encrypted(plain: Readable, lock: Lock): Promise<Readable> {
  const encrypter = new Encrypter();
  if (lock.kind === "passphrase") encrypter.setPassphrase(lock.passphrase);
  else for (const recipient of lock.recipients) addRecipient(encrypter, recipient);
  return Readable.fromWeb(await encrypter.encrypt(Readable.toWeb(plain)));
}

/** Decrypts while it is read; a changed or shortened archive is an error of the stream. @throws UsageError, HostUnavailable */
export async function decrypted(sealed: Readable, key: Key): Promise<Readable> {
  const decrypter = new Decrypter();
  if (key.kind === "passphrase") decrypter.addPassphrase(key.passphrase);
  else for (const identity of key.identities) addIdentity(decrypter, identity);
  try {
    return Readable.fromWeb(await decrypter.decrypt(Readable.toWeb(sealed)));
  } catch (cause) {
    if (!String(cause).includes("no identity matched")) throw cause;
    throw new HostUnavailable(
      key.kind === "passphrase"
        ? "this passphrase does not open the archive"
        : "the archive was encrypted for another recipient than this identity",
      { hint: "Name the file with the secret that belongs to it: --identity or --passphrase-file.", cause },
    );
  }
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new UsageError(`"${recipient}" is not a recipient of age`, {
      hint: "A recipient begins with age1; fraisier store keygen --to <file> makes one.",
      cause,
    });
  }
}

function addIdentity(decrypter: Decrypter, identity: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch (cause) {
    // The passphrase is not quoted: it may be a secret all the same.
    throw new UsageError("the file with the identity has a line that is no identity of age", {
      hint: "Each line is AGE-SECRET-KEY-1…, or a comment.",
      cause,
    });
  }
}
