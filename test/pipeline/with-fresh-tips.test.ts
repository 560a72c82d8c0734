import { expect, it } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { withFreshTips } from "../../src/pipeline/with-fresh-tips.ts";
import { ScratchRepository, scratchFolder } from "../host/scratch-repository.ts";
import { join } from "node:path";

/** A revision that was fetched at the tip of main, and a git that may answer by what the fetch has seen. */
async function fetched() {
  const folder = scratchFolder();
  const origin = new ScratchRepository(join(folder, "origin"));
  const revision = origin.commit({ "a.txt": "one" });
  let nowMs = 0;
  const git = withFreshTips(localGit, { monotonicMs: () => nowMs });
  const [cloneUrl, ref] = [origin.folder, "refs/heads/main"];
  await git.fetchRevision({ mirror: join(folder, "mirror.git"), cloneUrl, ref, revision, timeoutMs: 20_000 });
  return {
    origin,
    revision,
    tip: (of = ref) => git.remoteRevision(cloneUrl, of),
    wait: (ms: number) => void (nowMs += ms),
  };
}

it("a remote is not asked again for a tip that the fetch has just seen", async () => {
  const { origin, revision, tip } = await fetched();
  origin.commit({ "a.txt": "two" });
  expect(await tip()).toBe(revision);
});

it("a remote is asked again for a tip that was seen seconds ago, and for every other ref", async () => {
  const { origin, revision, tip, wait } = await fetched();
  origin.git("branch", "other");
  const second = origin.commit({ "a.txt": "two" });
  expect(await tip("refs/heads/other")).toBe(revision);
  wait(3_000);
  expect(await tip()).toBe(second);
});
