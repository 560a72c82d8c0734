import { HostUnavailable } from "../domain/errors.ts";
import type { Host } from "./host.ts";

const TIMEOUT_MS = 300_000;
/** Empties a folder as a user who owns folders in it, which this user cannot empty. Links of a release are not followed. */
const EMPTY = 'chmod -R u+rwX -- "$1" 2> /dev/null; find "$1" -mindepth 1 -delete 2> /dev/null; true';

/** Files that are as given, but below `folder` the other users whose commands work there help to remove what they have made. */
export function removingAs({ files, processes }: Host, users: readonly string[], folder: string): Host["files"] {
  return {
    ...files,
    async remove(path) {
      try {
        await files.remove(path);
      } catch (error) {
        if (!(error instanceof HostUnavailable) || !path.startsWith(`${folder}/`)) throw error;
        const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" };
        for (const user of users)
          await processes.run(["/bin/sh", "-c", EMPTY, "sh", path], { env, user, cwd: "/", timeoutMs: TIMEOUT_MS });
        await files.remove(path);
      }
    },
  };
}
