import { execFile } from "node:child_process";
import { readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { StepFailed } from "../domain/errors.ts";
import { makeProcessFolder } from "./process-folder.ts";

/** The parts of a repository that git shares between work trees, apart from its settings and hooks. */
const SHARED = ["objects", "refs", "packed-refs", "logs", "shallow", "info", "reftable", "worktrees"];

/** Settings that say how files are written and objects are named. They name no program, no folder and no other file. */
const HARMLESS =
  /^(core\.(repositoryformatversion|bare|filemode|autocrlf|eol|safecrlf|symlinks|ignorecase|precomposeunicode|sparsecheckout|sparsecheckoutcone|splitindex|untrackedcache|logallrefupdates|abbrev)|extensions\.(objectformat|refstorage))$/;

interface View {
  /** Changes whenever the repository's own settings do. */
  readonly stamp: string;
  readonly folder: Promise<string>;
}

export interface PlainSettings {
  readonly GIT_DIR: string;
  readonly GIT_COMMON_DIR: string;
  readonly GIT_OBJECT_DIRECTORY: string;
}

/** A git may still read the settings in an older view of its repository: the folders stay until this process ends. */
const views = new Map<string, View>();

/**
 * The variables that make git read a repository without the settings and hooks in it: a user who may write there could name programs in them, which git would
 * start. Such a git takes the folder `GIT_COMMON_DIR` for the repository. This folder has links to everything but `hooks`, and a `config` with the harmless
 * settings alone. Undefined if there is no repository: git says so in its own words.
 */
export async function plainSettings(gitDir: string): Promise<PlainSettings | undefined> {
  const gitFolder = await linkedFolder(gitDir);
  const common = await commonFolder(gitFolder);
  const configs = [join(common, "config"), join(gitFolder, "config.worktree")];
  const stamps = await Promise.all(configs.map(stampOf));
  if (stamps[0] === "") return undefined;
  const stamp = stamps.join();
  const known = views.get(gitFolder);
  const isFresh = known?.stamp === stamp && (await isThere(join(await known.folder, "config")));
  const view = isFresh ? known : { stamp, folder: makeView(common, configs, gitDir) };
  views.set(gitFolder, view);
  return {
    GIT_DIR: gitFolder,
    GIT_COMMON_DIR: await view.folder,
    // Paths in `info/alternates` are relative to it.
    GIT_OBJECT_DIRECTORY: join(common, "objects"),
  };
}

async function makeView(common: string, configs: readonly string[], gitDir: string): Promise<string> {
  const settings = await harmlessSettings(configs, gitDir);
  const folder = await makeProcessFolder("fraisier-git", "GIT_COMMON_DIR");
  await writeFile(join(folder, "config"), settings);
  for (const name of SHARED) await symlink(join(common, name), join(folder, name));
  return folder;
}

async function harmlessSettings(configs: readonly string[], gitDir: string): Promise<string> {
  const lines: string[] = [];
  for (const config of configs) {
    for (const entry of (await listSettings(config, gitDir)).split("\0")) {
      const [key = "", value] = entry.split(/\n(.*)/s);
      if (!HARMLESS.test(key)) continue;
      const [section, name] = key.split(".");
      const quoted = value === undefined ? "" : ` = "${value.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
      lines.push(`[${section}]\n\t${name}${quoted}\n`);
    }
  }
  return lines.join("");
}

/** Gives the settings as `git config --list -z` does. git parses the file, but neither follows its includes nor acts on it. */
async function listSettings(config: string, gitDir: string): Promise<string> {
  if ((await stampOf(config)) === "") return "";
  const listed = simpleSettings(await readFile(config, "utf8").catch(() => ""));
  if (listed !== undefined) return listed;
  try {
    const argv = ["config", "--file", config, "--no-includes", "--list", "-z"];
    const env = { PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", LC_ALL: "C" };
    return (await promisify(execFile)("git", argv, { cwd: "/", env, timeout: 10_000 })).stdout;
  } catch (cause) {
    const { code, stderr = "" } = cause as { code?: unknown; stderr?: string };
    // The command that was asked for fails in the same way, and says so.
    if (code === "ENOENT") return "";
    throw new StepFailed(`git cannot read the settings of ${gitDir}: ${stderr.trim() || String(cause)}`, { cause });
  }
}

/**
 * The settings of a file that is as simple as `git init` writes it, which saves a git for every mirror; undefined for every other file. A value in quotes, an
 * escape, a comment or a section with a name of its own is left to git.
 */
function simpleSettings(text: string): string | undefined {
  const entries: string[] = [];
  let section: string | undefined;
  for (const line of text.split("\n")) {
    const name = /^\[([a-z]+)\]$/.exec(line)?.[1];
    const [, key, value] = /^\t([a-zA-Z]+) = ([\w./:@+-]+)$/.exec(line) ?? [];
    if (name !== undefined) section = name;
    else if (key !== undefined && section !== undefined) entries.push(`${section}.${key.toLowerCase()}\n${value}\0`);
    else if (line !== "") return undefined;
  }
  return entries.join("");
}

async function stampOf(config: string): Promise<string> {
  return await stat(config).then(
    (found) => (found.isFile() ? `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}` : ""),
    () => "",
  );
}

/** `.git` may be a file that names the folder, as in a work tree of its own. */
async function linkedFolder(gitDir: string): Promise<string> {
  if ((await stat(gitDir).catch(() => undefined))?.isFile() !== true) return gitDir;
  const target = /^gitdir: (.+)$/m.exec(await readFile(gitDir, "utf8"))?.[1];
  return target === undefined ? gitDir : resolve(dirname(gitDir), target);
}

async function commonFolder(gitFolder: string): Promise<string> {
  const named = await readFile(join(gitFolder, "commondir"), "utf8").catch(() => ".");
  return resolve(gitFolder, named.trim());
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
