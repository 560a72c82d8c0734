import { constants } from "node:fs";
import { open, readlink, realpath } from "node:fs/promises";
import { StepFailed } from "../domain/errors.ts";

/** The file is opened first, and then the kernel is asked where it lies: no link that is swapped in between can lead elsewhere. */
export async function readInside(path: string, folders: readonly string[]): Promise<string | undefined> {
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  // A pipe is not waited for.
  const opened = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (opened === undefined) return undefined;
  await using file = opened;
  const place = await readlink(`/proc/self/fd/${file.fd}`);
  if (!roots.some((root) => root !== undefined && place.startsWith(`${root}/`))) {
    throw new StepFailed(`${path} is a link out of the release: fraisier does not read it`, {
      hint: "Commit the file itself instead of a link.",
    });
  }
  if (!(await file.stat()).isFile()) throw new StepFailed(`${path} is not a file`);
  return await file.readFile("utf8");
}
