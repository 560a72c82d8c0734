import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { until } from "../helpers/scenario.ts";
import { gitIn, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

const LOCAL_GIT = join(import.meta.dirname, "../../src/host/local-git.ts");

interface Setting {
  readonly folder: string;
  readonly checkout: string;
  readonly first: string;
  readonly second: string;
  /** Moves the checkout in a process of its own, and kills that one and git (or git alone) while git writes `slow.txt`. */
  killMoveTo(revision: string, victims: "runner and git" | "git"): Promise<void>;
}

/** A home of the user that moves the checkout: filters count there, and not in the checkout's own settings. */
function homeWith(folder: string, smudge: string): string {
  const home = join(folder, "home");
  mkdirSync(home, { recursive: true });
  gitIn(folder, "config", "--file", join(home, ".gitconfig"), "filter.slow.smudge", smudge);
  return home;
}

/** A checkout whose `slow.txt` is written by a filter that waits, with files before and after it in git's order. */
function setting(): Setting {
  const folder = scratchFolder();
  const origin = new ScratchRepository(join(folder, "origin"));
  const first = origin.commit({
    ".gitattributes": "slow.txt filter=slow\n",
    "a.txt": "one",
    "gone.txt": "old",
    "same.txt": "same",
    "slow.txt": "one",
    turns: "a file",
    "z.txt": "one",
  });
  origin.git("rm", "--quiet", "gone.txt", "turns");
  const second = origin.commit({
    "a.txt": "two",
    "new.txt": "new",
    "folder/new.txt": "new",
    "slow.txt": "two",
    "turns/inside.txt": "a folder",
    "z.txt": "two",
    "zz-new.txt": "new",
  });
  const checkout = join(folder, "checkout");
  gitIn(folder, "clone", "--quiet", origin.folder, checkout);
  gitIn(checkout, "reset", "--quiet", "--hard", first);
  const [waits, reached] = [join(folder, "waits"), join(folder, "reached")];
  const home = homeWith(folder, `if [ -e ${waits} ]; then touch ${reached}; exec sleep 60; else cat; fi`);
  return {
    folder,
    checkout,
    first,
    second,
    async killMoveTo(revision, victims) {
      writeFileSync(waits, "");
      const script = `const { localGit } = await import(${JSON.stringify(LOCAL_GIT)});
        await localGit.moveCheckout(${JSON.stringify(checkout)}, "${revision}");`;
      const env = { ...process.env, HOME: home };
      const mover = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "ignore", env });
      const ended = new Promise((resolve) => mover.once("exit", resolve));
      await until("git to write slow.txt", async () => existsSync(reached));
      // The next attempt is not held up.
      rmSync(waits);
      rmSync(reached);
      if (victims === "runner and git") mover.kill("SIGKILL");
      for (const pid of gitsIn(checkout)) process.kill(pid, "SIGKILL");
      await ended;
    },
  };
}

function gitsIn(checkout: string): readonly number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  const pids = lines.filter((line) => /reset --keep|sleep 60/.test(line)).map((line) => Number.parseInt(line, 10));
  return pids.filter((pid) => {
    try {
      return execFileSync("readlink", [`/proc/${pid}/cwd`], { encoding: "utf8" }).trim() === checkout;
    } catch {
      return false;
    }
  });
}

/** Every file but git's own, with its content. */
function filesOf(checkout: string): Record<string, string> {
  const names = readdirSync(checkout, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    names
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name).slice(checkout.length + 1))
      .filter((name) => !name.startsWith(".git/"))
      .map((name) => [name, readFileSync(join(checkout, name), "utf8")]),
  );
}

const FIRST = {
  ".gitattributes": "slow.txt filter=slow\n",
  "a.txt": "one",
  "gone.txt": "old",
  "same.txt": "same",
  "slow.txt": "one",
  turns: "a file",
  "z.txt": "one",
};
const SECOND = {
  ".gitattributes": "slow.txt filter=slow\n",
  "a.txt": "two",
  "new.txt": "new",
  "folder/new.txt": "new",
  "same.txt": "same",
  "slow.txt": "two",
  "turns/inside.txt": "a folder",
  "z.txt": "two",
  "zz-new.txt": "new",
};

describe("a move of a checkout that was killed while git wrote its files", () => {
  it("is half done, is completed by the next move, and is taken back exactly by a move back", async () => {
    const { checkout, first, second, killMoveTo } = setting();
    await killMoveTo(second, "runner and git");
    expect(filesOf(checkout)).toMatchObject({ "new.txt": "new", "z.txt": "one" });
    expect(existsSync(join(checkout, ".git/index.lock"))).toBe(true);
    await localGit.moveCheckout(checkout, second);
    expect(filesOf(checkout)).toEqual(SECOND);
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: second, dirty: false });
    expect(gitIn(checkout, "status", "--porcelain")).toBe("");

    await killMoveTo(first, "runner and git");
    await localGit.moveCheckout(checkout, first);
    expect(filesOf(checkout)).toEqual(FIRST);
    expect(gitIn(checkout, "status", "--porcelain")).toBe("");
  });

  it("is taken back exactly when the deployment is given up, whatever becomes of the checkout afterwards", async () => {
    const { checkout, first, second, killMoveTo } = setting();
    await killMoveTo(second, "runner and git");
    await localGit.moveCheckout(checkout, first);
    expect(filesOf(checkout)).toEqual(FIRST);
    expect(gitIn(checkout, "status", "--porcelain")).toBe("");
    expect(readdirSync(join(checkout, ".git")).filter((name) => name.startsWith("fraisier"))).toEqual([]);
    await localGit.moveCheckout(checkout, second);
    expect(filesOf(checkout)).toEqual(SECOND);
  });

  it("is taken back at once if only git died of it", async () => {
    const { checkout, first, second, killMoveTo } = setting();
    await killMoveTo(second, "git");
    expect(filesOf(checkout)).toEqual(FIRST);
    expect(await localGit.checkoutState(checkout)).toEqual({ revision: first, dirty: false });
    expect(gitIn(checkout, "status", "--porcelain")).toBe("");
  });

  it("is completed though its recovery was killed as well", async () => {
    const { checkout, second, killMoveTo } = setting();
    await killMoveTo(second, "runner and git");
    await killRecovery(checkout, second);
    await localGit.moveCheckout(checkout, second);
    expect(filesOf(checkout)).toEqual(SECOND);
    expect(gitIn(checkout, "status", "--porcelain")).toBe("");
  });

  it("is neither completed nor taken back over what a person changed since: each such file is named and kept", async () => {
    const { checkout, second, killMoveTo } = setting();
    await killMoveTo(second, "runner and git");
    writeFileSync(join(checkout, "new.txt"), "mine");
    writeFileSync(join(checkout, "same.txt"), "mine too");
    writeFileSync(join(checkout, "upload.bin"), "precious");
    const before = filesOf(checkout);
    const refused = await localGit.moveCheckout(checkout, second).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      name: "StepFailed",
      message: expect.stringMatching(/interrupted here, and files in .* were changed by hand: new.txt, same.txt$/),
    });
    expect(filesOf(checkout)).toEqual(before);
    writeFileSync(join(checkout, "same.txt"), "same");
    rmSync(join(checkout, "new.txt"));
    await localGit.moveCheckout(checkout, second);
    expect(filesOf(checkout)).toEqual({ ...SECOND, "upload.bin": "precious" });
  });

  it("had nothing to do and is followed by the next move at once, with no path to compare", async () => {
    const { checkout, first, second } = setting();
    writeFileSync(join(checkout, ".git/fraisier-moving-to"), `${JSON.stringify({ from: first, to: first })}\n`);
    await localGit.moveCheckout(checkout, second);
    expect(filesOf(checkout)).toEqual(SECOND);
  }, 60_000);
});

/** Kills a recovery (`git reset --hard`) while it writes `slow.txt`. */
async function killRecovery(checkout: string, revision: string): Promise<void> {
  const folder = scratchFolder();
  const [waits, reached] = [join(folder, "waits"), join(folder, "reached")];
  const home = homeWith(folder, `touch ${reached}; while [ -e ${waits} ]; do sleep 0.05; done; cat`);
  // The killed move removed the old file before it asked the filter, so the recovery writes it.
  writeFileSync(waits, "");
  const script = `const { localGit } = await import(${JSON.stringify(LOCAL_GIT)});
    await localGit.moveCheckout(${JSON.stringify(checkout)}, "${revision}");`;
  const env = { ...process.env, HOME: home };
  const mover = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "ignore", env });
  const ended = new Promise((resolve) => mover.once("exit", resolve));
  await until("git to write slow.txt", async () => existsSync(reached));
  mover.kill("SIGKILL");
  const lines = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  const gits = lines.filter((line) => line.includes("reset --hard HEAD")).map((line) => Number.parseInt(line, 10));
  const ours = gits.filter((pid) =>
    readFileSync(`/proc/${pid}/environ`, "utf8").includes(checkout.replace(/\/checkout$/, "")),
  );
  expect(ours.length).toBeGreaterThan(0);
  for (const pid of ours) process.kill(pid, "SIGKILL");
  rmSync(waits);
  await ended;
}
