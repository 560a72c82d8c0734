import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { scratchFolder } from "./scratch-repository.ts";

const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "safe.directory=*", ...args], { cwd, encoding: "utf8" }).trim();

/** A bare repository with one commit that belongs to the user nobody, in a folder with a blank and a quote in its name. */
function foreignRepository(): { readonly bare: string; readonly revision: string; readonly folder: string } {
  const folder = scratchFolder();
  chmodSync(folder, 0o755);
  const [bare, work] = [join(folder, "ann's shop.git"), join(folder, "work")];
  git(folder, "init", "--quiet", "--bare", "--initial-branch=main", bare);
  git(folder, "init", "--quiet", "--initial-branch=main", work);
  git(work, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "--message=1");
  git(work, "push", "--quiet", bare, "main");
  execFileSync("chown", ["-R", "nobody", bare]);
  return { bare, revision: git(work, "rev-parse", "HEAD"), folder };
}

describe.skipIf(process.getuid?.() !== 0)("a repository of this machine that belongs to another user", () => {
  it("is read under the path that clone_url names", async () => {
    const { bare, revision, folder } = foreignRepository();
    for (const url of [bare, `${bare}/`, bare.replace(/\.git$/, ""), `file://${encodeURI(bare)}`]) {
      expect(await localGit.remoteRevision(url, "refs/heads/main"), url).toBe(revision);
    }
    const mirror = join(folder, "mirror.git");
    await localGit.fetchRevision({ mirror, cloneUrl: bare, ref: "refs/heads/main", revision, timeoutMs: 20_000 });
    expect(git(mirror, "cat-file", "-t", revision)).toBe("commit");
  });

  it("stays refused where clone_url names another one", async () => {
    const { bare, folder } = foreignRepository();
    const other = join(folder, "own.git");
    git(folder, "init", "--quiet", "--bare", other);
    expect((await localGit.remoteRefs(other)).size).toBe(0);
    expect(() => execFileSync("git", ["ls-remote", bare], { stdio: "pipe", cwd: folder })).toThrow(/dubious ownership/);
  });
});
