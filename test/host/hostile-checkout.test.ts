import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { gitIn, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

const HOOKS = ["post-index-change", "reference-transaction", "post-checkout", "pre-push", "pre-auto-gc", "fsmonitor"];

/** Names a program everywhere where git takes one from a repository: whatever runs leaves its name in `ran`. */
function plantPrograms(folder: string, gitFolder: string): { readonly ran: () => string; readonly elsewhere: string } {
  const ran = join(folder, "ran");
  const elsewhere = join(folder, "elsewhere");
  mkdirSync(elsewhere);
  const says = (what: string): string => `echo ${what} >> ${ran}; cat`;
  mkdirSync(join(gitFolder, "hooks"), { recursive: true });
  for (const hook of HOOKS) {
    writeFileSync(join(gitFolder, "hooks", hook), `#!/bin/sh\n${says(hook)} > /dev/null\n`);
    chmodSync(join(gitFolder, "hooks", hook), 0o755);
  }
  const included = join(folder, "included");
  writeFileSync(included, `[core]\n\tfsmonitor = ${JSON.stringify(says("included fsmonitor"))}\n`);
  const settings: readonly (readonly [string, string])[] = [
    ["include.path", included],
    ["filter.evil.smudge", says("smudge")],
    ["filter.evil.clean", says("clean")],
    ["filter.evil.required", "true"],
    ["core.sshCommand", says("ssh")],
    ["core.hooksPath", join(gitFolder, "hooks")],
    ["core.alternateRefsCommand", says("alternates")],
    ["core.askPass", says("askpass")],
    ["credential.helper", `!${says("helper")}`],
    ["gpg.program", says("gpg")],
    ["log.showSignature", "true"],
    ["diff.external", says("diff")],
    ["submodule.recurse", "true"],
    ["gc.auto", "1"],
    ["extensions.partialClone", "evil"],
    ["remote.evil.promisor", "true"],
    ["remote.evil.url", folder],
    ["remote.evil.uploadpack", says("promisor")],
  ];
  gitIn(folder, "config", "--file", join(gitFolder, "config"), "core.repositoryFormatVersion", "1");
  for (const [key, value] of settings) gitIn(folder, "config", "--file", join(gitFolder, "config"), key, value);
  return { ran: () => (existsSync(ran) ? readFileSync(ran, "utf8") : ""), elsewhere };
}

function setting() {
  const folder = scratchFolder();
  const origin = new ScratchRepository(join(folder, "origin"));
  const first = origin.commit({ "a.txt": "one", ".gitattributes": "* filter=evil diff=evil\n" });
  const checkout = join(folder, "checkout");
  gitIn(folder, "clone", "--quiet", origin.folder, checkout);
  const second = origin.commit({ "a.txt": "two", "new.txt": "new" });
  const options = { cloneUrl: origin.folder, ref: "refs/heads/main", revision: second, timeoutMs: 20_000 };
  return { folder, origin, checkout, first, second, options };
}

describe("a checkout whose settings and hooks name programs", () => {
  it("is fetched into, looked at, moved and tagged, and none of them runs", async () => {
    const { folder, origin, checkout, first, second, options } = setting();
    const { ran, elsewhere } = plantPrograms(folder, join(checkout, ".git"));
    gitIn(folder, "config", "--file", join(checkout, ".git/config"), "core.worktree", elsewhere);
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: first, dirty: false });
    await localGit.fetchIntoCheckout(checkout, options);
    await localGit.moveCheckout(checkout, second);
    expect(readFileSync(join(checkout, "a.txt"), "utf8")).toBe("two");
    expect(existsSync(join(elsewhere, "a.txt"))).toBe(false);
    const repository = join(checkout, ".git");
    expect(await localGit.message(repository, second)).toContain("a change");
    expect(await localGit.changedPaths(repository, first, second)).toEqual(["a.txt", "new.txt"]);
    await localGit.tagRevision(repository, { name: "live", revision: second, message: "x", at: new Date(0) });
    await localGit.pushTag(repository, { cloneUrl: origin.folder, name: "live", revision: second });
    expect(ran()).toBe("");
  });

  it("is finished after a move that died half-way, and none of them runs", async () => {
    const { folder, checkout, first, second, options } = setting();
    await localGit.fetchIntoCheckout(checkout, options);
    const { ran } = plantPrograms(folder, join(checkout, ".git"));
    writeFileSync(join(checkout, ".git/fraisier-moving-to"), JSON.stringify({ from: first, to: second }));
    writeFileSync(join(checkout, "a.txt"), "tw");
    await localGit.moveCheckout(checkout, second);
    expect(readFileSync(join(checkout, "a.txt"), "utf8")).toBe("two");
    expect(ran()).toBe("");
  });

  it("does not choose the ssh with which its remote is reached", async () => {
    const { folder, checkout, options } = setting();
    const { ran } = plantPrograms(folder, join(checkout, ".git"));
    const missing = { ...options, revision: "a".repeat(40), cloneUrl: "git@127.0.0.1:acme/shop.git", timeoutMs: 5_000 };
    await expect(localGit.fetchIntoCheckout(checkout, missing)).rejects.toThrow("fetch of");
    expect(ran()).toBe("");
  });

  it("keeps the settings that say how its files are written", async () => {
    const { checkout, first } = setting();
    chmodSync(join(checkout, "a.txt"), 0o755);
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: first, dirty: true });
    gitIn(checkout, "config", "core.fileMode", "false");
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: first, dirty: false });
  });
});

it("a mirror whose settings name programs is fetched into and exported, and none of them runs", async () => {
  const { folder, origin, first, second, options } = setting();
  const mirror = join(folder, "mirror.git");
  await localGit.fetchRevision({ ...options, mirror, revision: first });
  const { ran } = plantPrograms(folder, mirror);
  await localGit.fetchRevision({ ...options, mirror });
  await localGit.exportRevision(mirror, second, join(folder, "release"));
  expect(readFileSync(join(folder, "release/a.txt"), "utf8")).toBe("two");
  await localGit.tagRevision(mirror, { name: "live", revision: second, message: "x", at: new Date(0) });
  await localGit.pushTag(mirror, { cloneUrl: origin.folder, name: "live", revision: second });
  expect(ran()).toBe("");
});
