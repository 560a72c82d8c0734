import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { ScratchRepository, scratchFolder } from "./scratch-repository.ts";

/** An `ssh` that writes down how it was called and runs the far side here. */
const FAR_SIDE = `#!/bin/sh
printf '%s|' "$0" "$@" "askpass=$SSH_ASKPASS_REQUIRE" >"$(dirname "$0")/calls"
for command; do :; done
eval "$command"
`;

function setting(): { folder: string; url: string; revision: string; calls: (folder: string) => string } {
  const folder = scratchFolder();
  const origin = new ScratchRepository(join(folder, "origin"));
  const revision = origin.commit({ "a.txt": "one" });
  writeFileSync(join(folder, "ssh"), FAR_SIDE);
  chmodSync(join(folder, "ssh"), 0o755);
  setVariable("HOME", folder);
  setVariable("PATH", `${folder}:${process.env["PATH"]}`);
  const calls = (where: string): string => readFileSync(join(where, "calls"), "utf8");
  return { folder, url: `git@example.com:${origin.folder}`, revision, calls };
}

function setVariable(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  onTestFinished(() => void (process.env[name] = before));
}

describe("a remote reached by ssh", () => {
  it("is asked without anybody being there to answer questions", async () => {
    const { folder, url, revision, calls } = setting();
    expect(await localGit.remoteRevision(url, "refs/heads/main")).toBe(revision);
    expect(calls(folder)).toContain("|BatchMode=yes|");
    expect(calls(folder)).toContain("|git@example.com|");
  });

  it("is asked by the operator's own ssh command where git's settings name one, as for deploy keys", async () => {
    const { folder, url, revision, calls } = setting();
    const own = join(scratchFolder(), "ssh-with-deploy-key");
    writeFileSync(own, FAR_SIDE);
    chmodSync(own, 0o755);
    writeFileSync(join(folder, ".gitconfig"), `[core]\n  sshCommand = ${own}\n`);
    expect(await localGit.remoteRevision(url, "refs/heads/main")).toBe(revision);
    expect(calls(join(own, ".."))).toContain("askpass=force");
    expect(() => calls(folder)).toThrow("ENOENT");
  });

  it.each([
    ["git@example.com: Permission denied (publickey).", "deploy key"],
    ["Host key verification failed.", "known_hosts"],
    ["ssh: Could not resolve hostname example.com: Name or service not known", "DNS"],
  ])("that says %j gives a hint about it", async (words, hint) => {
    const { folder, url } = setting();
    writeFileSync(join(folder, "ssh"), `#!/bin/sh\necho '${words}' >&2\nexit 255\n`);
    await expect(localGit.remoteRevision(url, "HEAD")).rejects.toMatchObject({
      code: "host_unavailable",
      message: expect.stringContaining(words),
      hint: expect.stringContaining(hint),
    });
  });
});

describe("git itself", () => {
  it("is named when it is not on this machine", async () => {
    const { url } = setting();
    setVariable("PATH", "/nowhere");
    await expect(localGit.remoteRevision(url, "HEAD")).rejects.toMatchObject({
      name: "HostUnavailable",
      message: expect.stringContaining("there is no program git on this machine"),
      hint: "Install it: apt-get install git",
    });
  });

  it("is not led astray by variables of another repository", async () => {
    const { folder, revision } = setting();
    setVariable("GIT_DIR", "/nowhere");
    setVariable("GIT_EXTERNAL_DIFF", "/bin/false");
    expect(await localGit.remoteRevision(join(folder, "origin"), "HEAD")).toBe(revision);
  });
});
