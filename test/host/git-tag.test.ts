import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { gitIn, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

const NAME = "deploy/production/2026-01-02-abc";
const AT = new Date("2026-01-02T03:04:05Z");

async function setting() {
  const folder = scratchFolder();
  const work = new ScratchRepository(join(folder, "work"));
  const revision = work.commit({ "a.txt": "one" });
  const origin = join(folder, "origin.git");
  gitIn(folder, "clone", "--quiet", "--bare", work.folder, origin);
  const mirror = join(folder, "mirror.git");
  const fetch = (wanted: string): Promise<string> =>
    localGit.fetchRevision({ mirror, cloneUrl: origin, ref: undefined, revision: wanted, timeoutMs: 20_000 });
  await fetch(revision);
  const tag = { name: NAME, revision, message: "shop/production: deployment x, asked for by $(ann) `x`", at: AT };
  const push = { cloneUrl: origin, name: NAME, revision };
  return { folder, work, origin, mirror, revision, fetch, tag, push };
}

describe("tagging what was deployed", () => {
  it("sets an annotated tag once, whatever the user's own settings, and pushes it", async () => {
    const { mirror, origin, revision, tag, push } = await setting();
    gitIn(mirror, "config", "tag.gpgSign", "true");
    expect(await localGit.tagRevision(mirror, tag)).toBe("made");
    expect(await localGit.tagRevision(mirror, tag)).toBe("there");
    expect(gitIn(mirror, "cat-file", "-t", `refs/tags/${NAME}`)).toBe("tag");
    expect(gitIn(mirror, "for-each-ref", "--format=%(contents)|%(taggername)|%(taggerdate:unix)", "refs/tags")).toBe(
      `${tag.message}\n|fraisier|${AT.getTime() / 1000}`,
    );
    await localGit.pushTag(mirror, push);
    await localGit.pushTag(mirror, push);
    expect(gitIn(origin, "rev-parse", `refs/tags/${NAME}^{commit}`)).toBe(revision);
  });

  it("never moves a tag, here or there", async () => {
    const { mirror, origin, work, fetch, revision, tag, push } = await setting();
    const second = work.commit({ "a.txt": "two" });
    work.git("push", "--quiet", origin, "main");
    await fetch(second);
    await localGit.tagRevision(mirror, tag);
    await expect(localGit.tagRevision(mirror, { ...tag, revision: second })).rejects.toMatchObject({
      message: `the tag ${NAME} is there already, on ${revision}`,
    });
    gitIn(origin, "tag", NAME, second);
    await expect(localGit.pushTag(mirror, push)).rejects.toThrow(/already exists|rejected/);
    expect(gitIn(origin, "rev-parse", `refs/tags/${NAME}^{commit}`)).toBe(second);
  });

  it("takes the same commit at the remote for done, though another machine has tagged it", async () => {
    const { mirror, origin, revision, tag, push } = await setting();
    gitIn(origin, "tag", NAME, revision);
    await localGit.tagRevision(mirror, tag);
    await expect(localGit.pushTag(mirror, push)).resolves.toBeUndefined();
  });

  it("says what the remote said that does not take it", async () => {
    const { mirror, origin, tag, push } = await setting();
    writeFileSync(join(origin, "hooks/pre-receive"), "#!/bin/sh\necho tags are not for you >&2\nexit 1\n");
    chmodSync(join(origin, "hooks/pre-receive"), 0o755);
    await localGit.tagRevision(mirror, tag);
    await expect(localGit.pushTag(mirror, push)).rejects.toThrow(/tags are not for you|pre-receive hook declined/);
  });

  it.each(["-d", "a..b", "a b", "--upload-pack=x", "", "a.lock", "@{1}"])("refuses the name %j", async (name) => {
    const { mirror, tag } = await setting();
    await expect(localGit.tagRevision(mirror, { ...tag, name })).rejects.toThrow("is no name git takes for a tag");
  });
});
