import { readFile } from "node:fs/promises";
import type { Key, Lock } from "../../archives/age-streams.ts";
import { HostUnavailable, UsageError } from "../../domain/errors.ts";

/** The options of `store backup` that say how the archive is encrypted. */
export interface EncryptionOptions {
  readonly recipient: readonly string[];
  readonly passphraseFile?: string;
  readonly unencrypted?: boolean;
}

/** The options of `store restore` and `store verify` that open an archive. */
export interface OpeningOptions {
  readonly identity?: string;
  readonly passphraseFile?: string;
}

/** How a backup is encrypted; undefined for a plain one. @throws UsageError unless exactly one way is named. */
export async function lockOf({ recipient, passphraseFile, unencrypted }: EncryptionOptions): Promise<Lock | undefined> {
  const named = [recipient.length > 0, passphraseFile !== undefined, unencrypted === true];
  if (named.filter(Boolean).length !== 1) {
    throw new UsageError(
      "say how the backup is encrypted: --recipient <age1…>, --passphrase-file <file> or --unencrypted",
      {
        hint: "fraisier store keygen --to <file> makes an identity and prints its recipient. An unencrypted backup has neither the key of the variables nor the secrets of webhooks.",
      },
    );
  }
  if (passphraseFile !== undefined) return { kind: "passphrase", passphrase: await readPassphrase(passphraseFile) };
  return unencrypted === true ? undefined : { kind: "recipients", recipients: recipient };
}

/** The secrets that open an archive; undefined if the command line names neither. @throws UsageError, HostUnavailable */
export async function keyOf({ identity, passphraseFile }: OpeningOptions): Promise<Key | undefined> {
  if (passphraseFile !== undefined) return { kind: "passphrase", passphrase: await readPassphrase(passphraseFile) };
  if (identity === undefined) return undefined;
  const lines = (await readNamed(identity)).split("\n").map((line) => line.trim());
  const identities = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (identities.length === 0) throw new UsageError(`${identity} holds no identity`);
  return { kind: "identities", identities };
}

async function readPassphrase(file: string): Promise<string> {
  const passphrase = (await readNamed(file)).replace(/\r?\n$/, "");
  if (passphrase.length < 12) {
    throw new UsageError(`the passphrase in ${file} has fewer than 12 characters`, {
      hint: "A person who finds the backup can try passphrases for as long as they like: openssl rand -base64 24",
    });
  }
  return passphrase;
}

async function readNamed(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new HostUnavailable(`${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`, {
      cause,
    });
  }
}
