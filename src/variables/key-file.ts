import { dirname, isAbsolute, join } from "node:path";
import { HostUnavailable, PermissionDenied, UsageError } from "../domain/errors.ts";
import { isDenied } from "../domain/is-denied.ts";
import type { Files } from "../host/files.ts";

const NAME = "fraisier.key";
const IDENTITY = /^AGE-SECRET-KEY-1[0-9A-Z]+$/;

/** The key's place, found or to be made. */
export interface KeyPlace {
  readonly path: string;
  /** A systemd credential is a copy that systemd made: it cannot be changed there. */
  readonly isCredential: boolean;
}

/** systemd's credential `fraisier.key`, else `$FRAISIER_KEY_FILE`, else `fraisier.key` in the state directory. */
export async function findKey(
  files: Files,
  stateDirectory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<KeyPlace> {
  const { CREDENTIALS_DIRECTORY: credentials = "", FRAISIER_KEY_FILE: named = "" } = env;
  const credential = join(credentials, NAME);
  if (credentials !== "" && (await files.exists(credential))) return { path: credential, isCredential: true };
  if (named !== "" && !isAbsolute(named))
    throw new UsageError(`FRAISIER_KEY_FILE is "${named}": it must be an absolute path`, {
      hint: "The daemon and the command line start in different folders.",
    });
  return { path: named === "" ? join(stateDirectory, NAME) : named, isCredential: false };
}

/** The identities in the key's file, the one made last first; none where there is no file. @throws HostUnavailable for one that others may read, or that is no key. */
export async function readKey(files: Files, { path, isCredential }: KeyPlace): Promise<readonly string[]> {
  const mode = await closedTo(path, files.permissions(path));
  if (mode === undefined) return [];
  // systemd lets its unit's user in by an access list, which shows as permissions of the group.
  if (!isCredential && (mode & 0o077) !== 0) {
    throw new HostUnavailable(`others may read the key ${path} (mode ${mode.toString(8).padStart(4, "0")})`, {
      hint: `chmod 600 ${path}; and if others did read it: fraisier env rotate-key, then new values.`,
    });
  }
  const lines = ((await closedTo(path, files.readText(path))) ?? "").split("\n").map((line) => line.trim());
  const identities = lines.filter((line) => line !== "" && !line.startsWith("#"));
  // Never quoted: whatever stands there may be a key all the same.
  if (identities.length === 0 || !identities.every((line) => IDENTITY.test(line))) {
    throw new HostUnavailable(`${path} holds no key`, {
      hint: "Each line is AGE-SECRET-KEY-1…, as age-keygen writes it, or a comment. Restore it from a backup.",
    });
  }
  return identities;
}

/** A key that this user may not read is there all the same. */
async function closedTo<Result>(path: string, look: Promise<Result>): Promise<Result> {
  try {
    return await look;
  } catch (cause) {
    if (!isDenied(cause)) throw cause;
    throw new PermissionDenied(`this user may not read the key of variables ${path}`, {
      hint: "Run it as root or as the service's user. Is the key a credential of fraisier-deploy@.service? Then only deployments that the daemon starts can open variables.",
      cause,
    });
  }
}

/** Makes the file of the first key; false when another process just made one. @throws HostUnavailable where there is no folder for it. */
export async function makeKey(files: Files, { path }: KeyPlace, identity: string): Promise<boolean> {
  const folder = dirname(path);
  if (!(await closedTo(path, files.exists(folder)))) {
    throw new HostUnavailable(`there is no folder ${folder} for the key of variables`, {
      hint: "Make it, for the user that fraisier runs as; or set FRAISIER_KEY_FILE.",
    });
  }
  return await files.createSecret(path, keyText([identity]));
}

/** The content of the file: as age-keygen writes it. */
export function keyText(identities: readonly string[]): string {
  return `# fraisier's key for variables: without it they cannot be read. Keep a copy elsewhere, never beside the store's.\n${identities.join("\n")}\n`;
}

/** There are values, and no key. */
export function noKey({ path }: KeyPlace): HostUnavailable {
  return new HostUnavailable(`variables are set, but the key that opens them is not there: ${path}`, {
    hint: "Restore it from a backup, or say where it is: $FRAISIER_KEY_FILE, or a systemd credential fraisier.key. If it is lost, delete the variables and set them again.",
  });
}

/** There is a key, and the values are not sealed for it. */
export function otherKey({ path }: KeyPlace): HostUnavailable {
  return new HostUnavailable(`the variables are sealed for another key than that of ${path}`, {
    hint: "Does the daemon have its key as a systemd credential? Then name the same file here: FRAISIER_KEY_FILE=….",
  });
}

/** Two processes made the first key at once, and this one needs its own. */
export function madeMeanwhile({ path }: KeyPlace): HostUnavailable {
  return new HostUnavailable(`${path} was made by another process at this moment`, { hint: "Try again." });
}
