import { realpath, stat } from "node:fs/promises";

/**
 * The `--upload-pack` with which git reads a repository of this machine that belongs to another user; undefined for every other remote. git refuses such a
 * repository ("dubious ownership") unless `safe.directory` names it, and a local fetch passes no `-c` on to the program that reads it. Only the path in
 * clone_url is named, which the operator chose. No program of the repository runs: upload-pack knows no hooks.
 */
export async function uploadPackFor(cloneUrl: string): Promise<string | undefined> {
  const path = localPath(cloneUrl);
  if (path === undefined) return undefined;
  // git looks for a repository under these names, too.
  const names = [path, `${path}/.git`, `${path}.git`, `${path}.git/.git`];
  const safe = new Set<string>();
  for (const name of names) {
    const owner = await stat(name).then(
      ({ uid }) => uid,
      () => undefined,
    );
    if (owner === undefined || owner === process.geteuid?.()) continue;
    safe.add(name);
    safe.add(await realpath(name).catch(() => name));
  }
  if (safe.size === 0) return undefined;
  const options = [...safe].map((name) => `-c ${shellWord(`safe.directory=${name}`)}`);
  return `git ${options.join(" ")} upload-pack`;
}

/** `/srv/git/shop.git`, `file:///srv/git/shop.git`; undefined for another kind of remote. */
function localPath(cloneUrl: string): string | undefined {
  if (cloneUrl.startsWith("/")) return trimmed(cloneUrl);
  if (!URL.canParse(cloneUrl)) return undefined;
  const { protocol, pathname } = new URL(cloneUrl);
  return protocol === "file:" ? trimmed(decodeURIComponent(pathname)) : undefined;
}

function trimmed(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

/** git runs the program by a shell. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
