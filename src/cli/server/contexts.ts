import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { HostUnavailable, PermissionDenied } from "../../domain/errors.ts";
import { isDenied } from "../../domain/is-denied.ts";
import { messageOf } from "../../domain/message-of.ts";

/** A server that a person logged in to. */
interface Context {
  readonly url: string;
  readonly token: string;
}

/** The servers that a person logged in to, by name, and the one that commands ask. */
export interface Contexts {
  /** Undefined if commands ask this machine. */
  readonly current: string | undefined;
  readonly servers: Readonly<Record<string, Context>>;
}

/** The word for this machine beside the names of servers. */
export const THIS_HOST = "host";

/** The file of the servers that this person logged in to, which holds tokens: `$FRAISIER_CONTEXTS`, or fraisier/contexts.json in the folder for settings. */
function contextsFile(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const named = env["FRAISIER_CONTEXTS"] ?? "";
  if (named !== "") return named;
  const folder = env["XDG_CONFIG_HOME"] ?? "";
  return join(isAbsolute(folder) ? folder : join(homedir(), ".config"), "fraisier", "contexts.json");
}

/** @throws PermissionDenied if others may read the file, HostUnavailable if it is broken. */
export function readContexts(file: string = contextsFile()): Contexts {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
    refuseOpenFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { current: undefined, servers: {} };
    if (isDenied(error))
      throw new PermissionDenied(`this user may not read ${file}, which holds your logins`, {
        cause: error,
        hint: "Give it to you: sudo chown $USER it. Or name the server by FRAISIER_URL and FRAISIER_TOKEN.",
      });
    throw error;
  }
  const found = parsed(text);
  if (found !== undefined) return found;
  throw new HostUnavailable(`${file} is not as fraisier writes it`, { hint: "Remove it, and log in again." });
}

/** A token that others can read is theirs, too. @throws PermissionDenied */
function refuseOpenFile(file: string): void {
  const { mode, uid } = statSync(file);
  const isOthers = uid !== process.getuid?.() && process.getuid?.() !== 0;
  if ((mode & 0o077) === 0 && !isOthers) return;
  throw new PermissionDenied(`${file} holds tokens, and other users of this machine can read or change it`, {
    hint: `Give it to you alone: chmod 600 ${file}. If somebody may have read it, make new tokens.`,
  });
}

function parsed(text: string): Contexts | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // The caller says what is wrong with the file.
    return undefined;
  }
  const { current = null, servers } = (document ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof servers !== "object" || servers === null || (current !== null && typeof current !== "string"))
    return undefined;
  const isWhole = Object.values(servers as Readonly<Record<string, Partial<Context> | null>>).every(
    (each) => typeof each?.url === "string" && typeof each.token === "string",
  );
  return isWhole ? { current: current ?? undefined, servers: servers as Contexts["servers"] } : undefined;
}

/** Writes the file in one rename, for this user alone. @throws HostUnavailable */
export function writeContexts({ current, servers }: Contexts, file: string = contextsFile()): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const descriptor = openSync(draft, "wx", 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify({ current: current ?? null, servers }, null, 2)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new HostUnavailable(`${file} cannot be written: ${messageOf(cause)}`, {
      cause,
      hint: "FRAISIER_CONTEXTS names another file.",
    });
  }
}
