import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BRANCH } from "./push-requests.ts";
import { run } from "./processes.ts";
import { NEUTRAL_GIT } from "../scripts/neutral-git.ts";

/** Neither the user's nor the machine's git configuration changes what is measured. */
const GIT = {
  ...process.env,
  ...NEUTRAL_GIT,
};

export interface Repository {
  /** Where it is cloned from. */
  readonly bare: string;
  /** Adds a commit to the branch without pushing it. Returns its hash. */
  commitOnly(text: string): Promise<string>;
  /** Returns once the remote's hooks are done. */
  push(): Promise<void>;
  /** Sets a key of the bare repository's git configuration. */
  configure(key: string, value: string): Promise<void>;
  /** Commits and pushes. */
  commit(text: string): Promise<string>;
}

/** A small bare repository and somebody's clone of it. */
export async function createRepository(folder: string): Promise<Repository> {
  const bare = join(folder, "shop.git");
  const work = join(folder, "shop");
  const git = async (...args: readonly string[]): Promise<string> =>
    (await run("git", ["-C", work, ...args], { env: GIT })).stdout.trim();
  mkdirSync(work, { recursive: true });
  await git("init", "--quiet", "--bare", `--initial-branch=${BRANCH}`, bare);
  await git("init", "--quiet", `--initial-branch=${BRANCH}`);
  await git("remote", "add", "origin", bare);
  for (let file = 0; file < 50; file++) writeFileSync(join(work, `file-${file}.txt`), `${file}\n`.repeat(200));
  const commitOnly = async (text: string): Promise<string> => {
    writeFileSync(join(work, "version.txt"), text);
    await git("add", "--all");
    await git("commit", "--quiet", "--message", text);
    return await git("rev-parse", "HEAD");
  };
  const push = async (): Promise<void> => void (await git("push", "--quiet", "origin", BRANCH));
  return {
    bare,
    commitOnly,
    push,
    configure: async (key, value) => void (await git("config", "--file", join(bare, "config"), key, value)),
    async commit(text) {
      const revision = await commitOnly(text);
      await push();
      return revision;
    },
  };
}
