import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isOld, worksIn } from "./dead-lock.ts";

/** Half a pack and its index, half an object, a lock. */
const LEFT = /^tmp_(pack|idx|rev|mtimes|bitmap|graph|obj|midx)_|\.lock$/;

/** Removes what killed gits left in a mirror, which git itself would keep for two weeks or for ever, and mirrors that were never finished. */
export async function sweepMirror(mirror: string): Promise<void> {
  // A file that cannot be removed does no harm now.
  for (const path of await findRemains(mirror)) await rm(path, { recursive: true, force: true }).catch(() => {});
}

/** Files that killed gits left in a mirror and beside it at least a minute ago; empty while a git works there. Changes nothing. */
export async function findRemains(mirror: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of [mirror, join(mirror, "refs"), join(mirror, "objects")]) {
    const isDeep = folder !== mirror;
    for (const path of await readdir(folder, { recursive: isDeep }).catch(() => [])) {
      if (LEFT.test(basename(path))) found.push(join(folder, path));
    }
  }
  const siblings = await readdir(dirname(mirror)).catch(() => []);
  found.push(
    ...siblings
      .filter((name) => name.startsWith(`${basename(mirror)}.new-`))
      .map((name) => join(dirname(mirror), name)),
  );
  const old: string[] = [];
  for (const path of found) if (await wasLeftLongAgo(path)) old.push(path);
  return old.length === 0 || (await worksIn({ gitFolder: mirror, workTree: undefined })) ? [] : old;
}

async function wasLeftLongAgo(path: string): Promise<boolean> {
  return await stat(path).then(
    ({ mtimeMs }) => isOld(mtimeMs),
    () => false,
  );
}
