import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { gitIn, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

function setting(): {
  origin: ScratchRepository;
  checkout: string;
  first: string;
  second: string;
  fetch: (revision: string) => Promise<string>;
} {
  const folder = scratchFolder();
  const origin = new ScratchRepository(join(folder, "origin"));
  const first = origin.commit({ "a.txt": "one", "b.txt": "same" });
  const checkout = join(folder, "checkout");
  gitIn(folder, "clone", "--quiet", origin.folder, checkout);
  const second = origin.commit({ "a.txt": "two", "new.txt": "new" });
  const fetch = (revision: string): Promise<string> =>
    localGit.fetchIntoCheckout(checkout, {
      cloneUrl: origin.folder,
      ref: "refs/heads/main",
      revision,
      timeoutMs: 20_000,
    });
  return { origin, checkout, first, second, fetch };
}

describe("a checkout deployed in place", () => {
  it("is fetched into without a file being touched, then moved to exactly the revision, branch and all", async () => {
    const { checkout, first, second, fetch } = setting();
    expect(await fetch(second)).toBe(second);
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: first, dirty: false });
    await localGit.moveCheckout(checkout, second);
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: second, dirty: false });
    expect(gitIn(checkout, "symbolic-ref", "HEAD")).toBe("refs/heads/main");
    expect(gitIn(checkout, "rev-parse", "refs/heads/main")).toBe(second);
    expect(readFileSync(join(checkout, "a.txt"), "utf8")).toBe("two");
  });

  it("moves back as well, and moves a detached HEAD", async () => {
    const { checkout, first, second, fetch } = setting();
    await fetch(second);
    gitIn(checkout, "checkout", "--quiet", "--detach");
    await localGit.moveCheckout(checkout, second);
    await localGit.moveCheckout(checkout, first);
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: first, dirty: false });
    expect(existsSync(join(checkout, "new.txt"))).toBe(false);
    expect(gitIn(checkout, "rev-parse", "refs/heads/main")).toBe(first);
  });

  it("keeps files that git does not know", async () => {
    const { checkout, second, fetch } = setting();
    writeFileSync(join(checkout, "upload.bin"), "precious");
    await fetch(second);
    await localGit.moveCheckout(checkout, second);
    expect(readFileSync(join(checkout, "upload.bin"), "utf8")).toBe("precious");
  });

  it("overwrites neither a file changed by hand nor one that stands in the way", async () => {
    const { checkout, first, second, fetch } = setting();
    await fetch(second);
    writeFileSync(join(checkout, "b.txt"), "by hand");
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: first, dirty: true });
    await expect(localGit.moveCheckout(checkout, second)).rejects.toMatchObject({
      message: expect.stringContaining("were changed by hand: b.txt"),
      hint: expect.stringContaining("restore"),
    });
    writeFileSync(join(checkout, "b.txt"), "same");
    writeFileSync(join(checkout, "new.txt"), "in the way");
    await expect(localGit.moveCheckout(checkout, second)).rejects.toMatchObject({
      hint: expect.stringContaining("in the way"),
    });
    expect(readFileSync(join(checkout, "new.txt"), "utf8")).toBe("in the way");
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: first, dirty: false });
  });

  it("finishes a move that died half-way, and loses nothing that was found then", async () => {
    const { checkout, second, fetch } = setting();
    await fetch(second);
    writeFileSync(join(checkout, ".git", "fraisier-moving-to"), second);
    writeFileSync(join(checkout, ".git", "index.lock"), "");
    writeFileSync(join(checkout, "a.txt"), "tw");
    await localGit.moveCheckout(checkout, second);
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: second, dirty: false });
    const saved = gitIn(checkout, "for-each-ref", "--format=%(refname)", "refs/fraisier/saved");
    expect(gitIn(checkout, "show", `${saved}:a.txt`)).toBe("tw");
    await localGit.moveCheckout(checkout, second);
  });

  it("is not taken for the repository around it", async () => {
    const { checkout } = setting();
    gitIn(checkout, "init", "--quiet", "--bare", join(checkout, "sub", "ignored.git"));
    await expect(localGit.checkoutState(join(checkout, "sub"))).rejects.toThrow("not a git repository");
    await expect(localGit.checkoutState(join(checkout, "absent"))).rejects.toMatchObject({
      hint: expect.stringContaining("git clone"),
    });
  });

  it.runIf(process.getuid?.() === 0)("is refused with advice if it belongs to another user", async () => {
    const { checkout } = setting();
    const { execFileSync } = await import("node:child_process");
    execFileSync("chown", ["-R", "nobody", checkout]);
    await expect(localGit.checkoutState(checkout)).rejects.toMatchObject({
      code: "host_unavailable",
      hint: expect.stringContaining("safe.directory"),
    });
  });
});
