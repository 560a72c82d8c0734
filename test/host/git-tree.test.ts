import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { gitIn, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

const ABSENT = "0123456789012345678901234567890123456789";

describe("looking into a revision", () => {
  it("lists every file with its kind and content's hash, whatever its name", async () => {
    const repository = new ScratchRepository(join(scratchFolder(), "repository"));
    symlinkSync("a.txt", join(repository.folder, "link"));
    const odd = 'sub/tab\t"quote"\nline grün.txt';
    const revision = repository.commit({ "a.txt": "one", "bin/run": "#!/bin/sh\n", [odd]: "x" });
    const files = await localGit.listFiles(join(repository.folder, ".git"), revision);
    expect(files?.map(({ path, kind }) => [path, kind])).toEqual([
      ["a.txt", "file"],
      ["bin/run", "executable"],
      ["link", "link"],
      [odd, "file"],
    ]);
    expect(files?.[0]?.blob).toBe(repository.git("rev-parse", "HEAD:a.txt"));
  });

  it("says that it does not have a revision, or that there is no repository at all", async () => {
    const repository = new ScratchRepository(join(scratchFolder(), "repository"));
    repository.commit({ "a.txt": "one" });
    expect(await localGit.listFiles(join(repository.folder, ".git"), ABSENT)).toBeUndefined();
    expect(await localGit.listFiles(join(repository.folder, "nowhere"), ABSENT)).toBeUndefined();
  });

  it("reads a file, and not one that is too large to be a person's", async () => {
    const repository = new ScratchRepository(join(scratchFolder(), "repository"));
    writeFileSync(join(repository.folder, "large"), "x".repeat(2 << 20));
    const revision = repository.commit({ "a.txt": "one\ntwo\n" });
    const mirror = join(repository.folder, ".git");
    const files = (await localGit.listFiles(mirror, revision)) ?? [];
    const texts = await Promise.all(files.map((file) => localGit.readFile(mirror, file)));
    expect(texts).toEqual(["one\ntwo\n", undefined]);
  });
});

describe("a mirror that borrows", () => {
  it("fetches only what the other one lacks, and changes nothing in it", async () => {
    const folder = scratchFolder();
    const origin = new ScratchRepository(join(folder, "origin"));
    const options = { cloneUrl: origin.folder, ref: "refs/heads/main", timeoutMs: 20_000 };
    const [mirror, temporary] = [join(folder, "mirror.git"), join(folder, "temporary.git")];
    const first = origin.commit({ "a.txt": "one" });
    await localGit.fetchRevision({ ...options, mirror, revision: first });
    const before = gitIn(mirror, "count-objects", "-v");
    const second = origin.commit({ "b.txt": "two" });
    await localGit.fetchRevision({ ...options, mirror: temporary, revision: second, borrowFrom: mirror });
    expect((await localGit.listFiles(temporary, second))?.map(({ path }) => path)).toEqual(["a.txt", "b.txt"]);
    expect(gitIn(temporary, "count-objects", "-v")).toContain("in-pack: 3");
    expect(gitIn(mirror, "count-objects", "-v")).toBe(before);
  });
});
