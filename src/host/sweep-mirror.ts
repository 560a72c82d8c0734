import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { worksIn } from "./dead-lock.ts";

/** Nothing that a living git works with stays untouched for so long, not even one that cannot be seen from here. */
const OLD_MS = 60_000;
/** Half a pack and its index, half an object, a lock. */
const LEFT = /^tmp_(pack|idx|rev|mtimes|bitmap|graph|obj|midx)_|\.lock$/;

/** Removes what killed gits left in a mirror, which git itself would keep for two weeks or for ever, and mirrors that were never finished. */
export async function sweepMirror(mirror: string): Promise<void> {
  const found: string[] = [];
  for (const folder of [mirror, join(mirror, "refs"), join(mirror, "objects")]) {
    const isDeep = folder !== mirror;
    for (const path of await readdir(folder, { recursive: isDeep }).catch(() => [])) {
      if (LEFT.test(basename(path))) found.push(join(folder, path));
    }
  }
  const siblings = await readdir(dirname(mirror));
  found.push(
    ...siblings
      .filter((name) => name.startsWith(`${basename(mirror)}.new-`))
      .map((name) => join(dirname(mirror), name)),
  );
  const old: string[] = [];
  for (const path of found) if (await isOld(path)) old.push(path);
  if (old.length === 0 || (await worksIn({ gitFolder: mirror, workTree: undefined }))) return;
  // What cannot be removed is in nobody's way now.
  for (const path of old) await rm(path, { recursive: true, force: true }).catch(() => {});
}

async function isOld(path: string): Promise<boolean> {
  return await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > OLD_MS,
    () => false,
  );
}
