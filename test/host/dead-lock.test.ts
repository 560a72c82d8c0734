import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { until } from "../helpers/scenario.ts";
import { gitIn, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

interface Setting {
  readonly origin: ScratchRepository;
  readonly folder: string;
  readonly mirror: string;
  fetch(revision: string): Promise<string>;
}

async function mirrored(): Promise<Setting> {
  const folder = scratchFolder();
  const origin = new ScratchRepository(join(folder, "origin"));
  const mirror = join(folder, "state/mirrors/shop.git");
  const fetch = (revision: string): Promise<string> =>
    localGit.fetchRevision({ mirror, cloneUrl: origin.folder, ref: "refs/heads/main", revision, timeoutMs: 20_000 });
  await fetch(origin.commit({ "a.txt": "one" }));
  return { origin, folder, mirror, fetch };
}

/**
 * git waits in the middle of its next change of a ref, its locks in its hands, until the file `go` is there. fraisier's git ignores hooks: the git on
 * the PATH is one that does not.
 */
function holdLocks({ folder }: Setting): { readonly reached: string; readonly go: string } {
  const [reached, go, hooks, bin] = ["reached", "go", "hooks", "bin"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  mkdirSync(hooks);
  mkdirSync(bin);
  const git = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
  writeFileSync(join(bin, "git"), `#!/bin/bash\nexec ${git} "\${@/#core.hooksPath=*/core.hooksPath=${hooks}}"\n`, {
    mode: 0o755,
  });
  const path = process.env["PATH"] ?? "";
  process.env["PATH"] = `${bin}:${path}`;
  onTestFinished(() => {
    process.env["PATH"] = path;
  });
  writeFileSync(
    join(hooks, "reference-transaction"),
    `#!/bin/sh\n[ "$1" = prepared ] || exit 0\ntouch ${reached}\nuntil [ -e ${go} ]; do sleep 0.05; done\n`,
    { mode: 0o755 },
  );
  return { reached, go };
}

/** Kills every git that works in the mirror, and its hook. */
function killGitIn(mirror: string): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = execFileSync("cat", [`/proc/${pid}/environ`], { encoding: "utf8", stdio: "pipe" });
      if (environment.includes(`GIT_DIR=${mirror}\0`)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
}

describe("a lock file in a mirror", () => {
  it("does not fail the next deployment if its git was killed", async () => {
    const setting = await mirrored();
    const { reached } = holdLocks(setting);
    const second = setting.origin.commit({ "a.txt": "two" });
    const killed = setting.fetch(second).catch((error: unknown) => error);
    await until("git to hold its locks", async () => existsSync(reached));
    killGitIn(setting.mirror);
    expect(await killed).toMatchObject({ message: expect.stringContaining("a signal") });
    const lock = join(setting.mirror, `refs/fraisier/keep/${second}.lock`);
    expect(existsSync(lock)).toBe(true);
    rmSync(join(setting.folder, "hooks"), { recursive: true });
    expect(await setting.fetch(second)).toBe(second);
    expect(existsSync(lock)).toBe(false);
  });

  it("is waited for, not removed, if its git lives", async () => {
    const setting = await mirrored();
    const { reached, go } = holdLocks(setting);
    const second = setting.origin.commit({ "a.txt": "two" });
    const slow = setting.fetch(second);
    await until("git to hold its locks", async () => existsSync(reached));
    const waiting = setting.fetch(second);
    // Longer than a lock of a dead git stays.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(existsSync(join(setting.mirror, `refs/fraisier/keep/${second}.lock`))).toBe(true);
    writeFileSync(go, "");
    expect(await Promise.all([slow, waiting])).toEqual([second, second]);
  });

  it("goes with everything else that a killed git left there: half a pack, half a mirror", async () => {
    const { origin, mirror, fetch } = await mirrored();
    const left = [
      "packed-refs.lock",
      "shallow.lock",
      "HEAD.lock",
      "config.lock",
      "refs/heads/main.lock",
      "objects/info/commit-graphs/commit-graph-chain.lock",
      "objects/pack/tmp_pack_XyZ123",
      "objects/pack/tmp_idx_XyZ123",
      "objects/ab/tmp_obj_XyZ123",
      "../shop.git.new-AbCdEf/HEAD",
    ].map((path) => join(mirror, path));
    for (const path of left) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "");
    }
    const long = new Date(Date.now() - 600_000);
    for (const path of [...left, join(mirror, "../shop.git.new-AbCdEf")]) utimesSync(path, long, long);
    await fetch(origin.commit({ "a.txt": "two" }));
    expect(left.filter((path) => existsSync(path))).toEqual([]);
    expect(readdirSync(dirname(mirror))).toEqual(["shop.git"]);
  });
});

describe("a lock file in a checkout", () => {
  it("stays if fraisier did not leave it, and is named with the command that removes it", async () => {
    const { origin, folder } = await mirrored();
    const checkout = join(folder, "checkout");
    gitIn(folder, "clone", "--quiet", origin.folder, checkout);
    const revision = origin.commit({ "a.txt": "two" });
    const lock = join(checkout, ".git/index.lock");
    writeFileSync(lock, "");
    await localGit.fetchIntoCheckout(checkout, {
      cloneUrl: origin.folder,
      ref: "refs/heads/main",
      revision,
      timeoutMs: 20_000,
    });
    await expect(localGit.moveCheckout(checkout, revision)).rejects.toMatchObject({
      code: "host_unavailable",
      message: expect.stringContaining(lock),
      hint: expect.stringMatching(new RegExp(`fraisier repair removes .*rm ${lock}`)),
    });
    expect(existsSync(lock)).toBe(true);
    rmSync(lock);
    await localGit.moveCheckout(checkout, revision);
  }, 30_000);
});
