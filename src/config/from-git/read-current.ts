import { constants } from "node:fs";
import { lstat, open, realpath } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join, sep } from "node:path";
import { z } from "zod";
import { CONFIGURATION_FILE, ORIGIN_FILE } from "../../domain/configuration-fraise.ts";
import { ConfigError, PermissionDenied } from "../../domain/errors.ts";
import type { GitFile } from "./two-files.ts";

/** As much as fraisier reads of a fraises.yaml. */
const MAX_BYTES = 1_048_576;

const originSchema = z.object({ revision: z.string(), file: z.string() });

/** The file that counts once a revision of the configuration was deployed. */
export function currentFile(folder: string): string {
  return join(folder, "current", CONFIGURATION_FILE);
}

/**
 * The fraises.yaml from git that is in force; undefined as long as none was deployed.
 * @param folder that of the releases of the configuration.
 * @throws ConfigError if it cannot be read; PermissionDenied if this user may not.
 */
export async function readCurrent(folder: string): Promise<GitFile | undefined> {
  const file = currentFile(folder);
  try {
    // The link is followed once: a new one does not lead to the text of one revision with the name of another.
    const release = await realpath(join(folder, "current"));
    return await readRelease(folder, release);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === "ENOENT" || code === "ENOTDIR") return await absent(folder);
    if (code === "EACCES" || code === "EPERM")
      throw new PermissionDenied(`this user may not read ${file}, the configuration from git`, {
        hint: "Run it with sudo.",
        cause: error,
      });
    throw unusable(file, `it cannot be read: ${code}`);
  }
}

/** The fraises.yaml of one release of the configuration. */
export async function readRelease(folder: string, release: string): Promise<GitFile> {
  const [text, origin] = await Promise.all(
    [CONFIGURATION_FILE, ORIGIN_FILE].map((name) => read(folder, join(release, name))),
  );
  return { ...originSchema.parse(JSON.parse(origin ?? "")), text: text ?? "" };
}

/** A release that is gone under its link is no installation without one: the targets in it would be forgotten. */
async function absent(folder: string): Promise<undefined> {
  const link = await lstat(join(folder, "current")).catch(() => undefined);
  if (link !== undefined) throw unusable(currentFile(folder), "its release is not there any more");
  return undefined;
}

/** Root reads here what the service's user wrote: nothing but a plain file below the folder, whatever links lead to. */
async function read(folder: string, path: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const [own, opened, stats] = [await realpath(folder), await pathOf(file, path), await file.stat()];
  if (!stats.isFile() || !opened.startsWith(`${own}${sep}`)) throw unusable(path, `it is no file of ${folder}`);
  if (stats.size > MAX_BYTES) throw unusable(path, `it is larger than ${MAX_BYTES} bytes`);
  return new TextDecoder("utf-8", { fatal: true }).decode(await file.readFile());
}

/** The place of an open file now, as the kernel knows it. */
async function pathOf(file: FileHandle, path: string): Promise<string> {
  return process.platform === "linux" ? await realpath(`/proc/self/fd/${file.fd}`) : await realpath(path);
}

function unusable(file: string, message: string): ConfigError {
  return new ConfigError(`${file}: ${message}`, [{ file, line: 1, column: 1, path: "", message, severity: "error" }], {
    hint: "Stop the daemon and remove the link current in the folder of the configuration: the local fraises.yaml counts alone then, and fraisier deploy makes a revision current again.",
  });
}
