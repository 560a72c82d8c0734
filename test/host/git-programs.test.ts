import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { gitIn, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

/** A mirror of a repository of one commit; every git that fraisier starts from now on is written down. */
async function mirrored() {
  const folder = scratchFolder();
  const origin = new ScratchRepository(join(folder, "origin"));
  const mirror = join(folder, "mirror.git");
  const first = origin.commit({ "a.txt": "one" });
  const tips: string[] = [];
  const fetch = (revision: string): Promise<string> =>
    localGit.fetchRevision({
      mirror,
      cloneUrl: origin.folder,
      ref: "refs/heads/main",
      revision,
      timeoutMs: 20_000,
      onTip: () => void tips.push(revision),
    });
  await fetch(first);
  tips.length = 0;
  const started = writeDown(folder);
  return { origin, mirror, first, tips, fetch, started };
}

/** Puts a git in front of the real one that notes its verb. Gives the verbs so far. */
function writeDown(folder: string): () => readonly string[] {
  const [bin, list] = [join(folder, "bin"), join(folder, "verbs")];
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  mkdirSync(bin);
  const skip =
    'for each in "$@"; do case $each in fetch|rev-parse|update-ref|rev-list|cat-file|config|ls-tree|read-tree) verb=$each; break;; esac; done';
  writeFileSync(join(bin, "git"), `#!/bin/sh\n${skip}\necho "$verb" >> ${list}\nexec ${real} "$@"\n`, { mode: 0o755 });
  appendFileSync(list, "");
  const before = process.env["PATH"];
  process.env["PATH"] = `${bin}:${before}`;
  onTestFinished(() => void (process.env["PATH"] = before));
  return () => (existsSync(list) ? readFileSync(list, "utf8").split("\n").filter(Boolean) : []);
}

it("a new revision at the tip of its branch is brought and kept by one git, which says that it is the tip", async () => {
  const { origin, mirror, fetch, tips, started } = await mirrored();
  const second = origin.commit({ "a.txt": "two" });
  const before = started().length;
  expect(await fetch(second)).toBe(second);
  expect(started().slice(before)).toEqual(["fetch"]);
  expect(tips).toEqual([second]);
  expect(gitIn(mirror, "rev-parse", `refs/fraisier/keep/${second}`)).toBe(second);
});

it("a revision behind the tip of its branch is kept under its own name, and is not taken for the tip", async () => {
  const { origin, mirror, fetch, tips } = await mirrored();
  const second = origin.commit({ "a.txt": "two" });
  origin.commit({ "a.txt": "three" });
  expect(await fetch(second)).toBe(second);
  expect(tips).toEqual([]);
  expect(
    gitIn(mirror, "for-each-ref", "--format=%(refname) %(objectname)", "refs/fraisier/keep").split("\n"),
  ).toContain(`refs/fraisier/keep/${second} ${second}`);
});

it("a revision that the remote does not have leaves no kept ref", async () => {
  const { mirror, fetch } = await mirrored();
  const absent = "0123456789012345678901234567890123456789";
  await expect(fetch(absent)).rejects.toThrow("no longer has revision");
  expect(gitIn(mirror, "for-each-ref", "--format=%(refname)", "refs/fraisier/keep")).not.toContain(absent);
});

it("a revision that was kept and packed is found without the remote", async () => {
  const { origin, mirror, first, fetch, started } = await mirrored();
  gitIn(mirror, "pack-refs", "--all");
  origin.git("update-ref", "-d", "refs/heads/main");
  expect(await fetch(first)).toBe(first);
  expect(started().filter((verb) => verb === "fetch")).toEqual([]);
});

it("a mirror is tidied by git once it has many packs, and not looked at before", async () => {
  const { origin, mirror, fetch } = await mirrored();
  const packs = (): number => Number(gitIn(mirror, "count-objects", "-v").match(/^packs: (\d+)$/m)?.[1]);
  gitIn(mirror, "config", "gc.autoPackLimit", "3");
  for (let count = 0; count < 6; count++) await fetch(origin.commit({ "a.txt": `again ${count}` }));
  expect(packs()).toBe(7);
});

it("two histories are compared by one git", async () => {
  const { origin, mirror, first, fetch, started } = await mirrored();
  const second = origin.commit({ "a.txt": "two" });
  await fetch(second);
  const before = started().length;
  expect(await localGit.isAncestor(mirror, first, second)).toBe(true);
  expect(await localGit.isAncestor(mirror, second, first)).toBe(false);
  expect(started().slice(before)).toEqual(["rev-list", "rev-list"]);
  expect(await localGit.isAncestor(mirror, first, "0123456789012345678901234567890123456789")).toBeUndefined();
});
