import { execFile, execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Delivery, ForgeEvent } from "../../src/domain/event.ts";
import { git as forge } from "../../src/forges/git.ts";
import { freePort } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const HOOK = join(import.meta.dirname, "../../scripts/post-receive");

/** A bare repository with the hook, and a listener in fraisier's place that verifies what it hears as fraisier would. */
async function listening(secret = "a secret of some length", up = true) {
  const folder = temporaryFolder();
  const [bare, work] = [join(folder, "shop.git"), join(folder, "work")];
  const port = await freePort();
  const heard: ForgeEvent[] = [];
  const problems: string[] = [];
  const hear = async (delivery: Delivery): Promise<void> => {
    const verified = await forge.verify(delivery, { secrets: [secret], signingTokens: [] }, new Date());
    if (verified.authentic) heard.push(...(await forge.parse(delivery)).events);
    else problems.push(JSON.stringify(verified));
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const delivery = { headers: request.headers as Record<string, string>, body: Buffer.concat(chunks) };
      void hear(delivery).then(() => response.end("shop/production: queued\n"));
    });
  });
  if (up) await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const run = (...args: string[]): void => void execFileSync("git", args, { stdio: "ignore" });
  run("init", "--quiet", "--bare", "--initial-branch=main", bare);
  run("init", "--quiet", "--initial-branch=main", work);
  run("-C", work, "remote", "add", "origin", bare);
  mkdirSync(join(bare, "hooks"), { recursive: true });
  writeFileSync(join(bare, "hooks/post-receive"), `#!/bin/sh\nexec ${HOOK}\n`);
  chmodSync(join(bare, "hooks/post-receive"), 0o755);
  writeFileSync(join(folder, "secret"), `${secret}\n`, { mode: 0o600 });
  run("-C", bare, "config", "fraisier.url", `http://127.0.0.1:${port}/webhook/git`);
  run("-C", bare, "config", "fraisier.secretFile", join(folder, "secret"));
  const git = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await promisify(execFile)("git", ["-C", work, ...args]);
    return stdout + stderr;
  };
  return {
    heard,
    problems,
    git,
    bare,
    folder,
    commit: async (message: string) => await git("commit", "--quiet", "--allow-empty", "--message", message),
  };
}

describe("the post-receive hook", () => {
  it("tells of every ref that was pushed, signed, and shows the answer to who pushed", async () => {
    const { heard, problems, git, commit } = await listening();
    await commit("first");
    const said = await git("push", "origin", "main", "main:refs/heads/feature/a/b");
    expect(said).toContain("remote: fraisier: shop/production: queued");
    const head = (await git("rev-parse", "HEAD")).trim();
    expect(problems).toEqual([]);
    expect(heard).toMatchObject([
      {
        kind: "pushed",
        repository: "shop",
        ref: { kind: "branch", name: "main" },
        revision: head,
        forced: false,
        message: "first",
      },
      { kind: "pushed", ref: { name: "feature/a/b" }, revision: head },
    ]);
  });

  it("knows a forced push, a tag and a deletion", async () => {
    const { heard, git, commit } = await listening();
    await commit("first");
    await commit("second");
    await git("push", "origin", "main");
    await git("commit", "--quiet", "--amend", "--allow-empty", "--message", "rewritten");
    await git("push", "--force", "origin", "main");
    await git("tag", "--annotate", "v1", "--message", "one");
    await git("push", "origin", "v1");
    await git("push", "origin", "main:refs/heads/old");
    await git("push", "origin", ":old");
    expect(heard.map((event) => [event.kind, "forced" in event && event.forced])).toEqual([
      ["pushed", false],
      ["pushed", true],
      ["pushed", false],
      ["pushed", false],
      ["deleted", false],
    ]);
    expect(heard[2]).toMatchObject({ ref: { kind: "tag", name: "v1" } });
  });

  it.each([
    ["quotes and backslashes", `it's "quoted" \\ and $(id) \`id\``],
    ["lines and tabs", "subject\n\nbody\twith a tab"],
    ["Unicode", "ünïcode ✓ 🍓"],
    ["backslash at the end", "ends with \\"],
  ])("sends a commit message with %s as valid JSON", async (_, message) => {
    const { heard, problems, git, commit } = await listening();
    await commit(message);
    await git("push", "origin", "main");
    expect(problems).toEqual([]);
    expect(heard).toMatchObject([{ kind: "pushed", message: message.replaceAll(/[\n\t]/g, " ") }]);
  });

  it("sends branch names that look like shell or options as they are", async () => {
    const { heard, git, commit } = await listening();
    await commit("first");
    const names = ["$(touch-pwned)", "a'b", 'a"b', "ünïcode", "a;b&c|d"];
    for (const name of names) await git("push", "origin", `main:refs/heads/${name}`);
    expect(heard.map((event) => ("ref" in event ? event.ref.name : ""))).toEqual(names);
  });

  it("cuts a long message between two characters, and leaves out bytes that are not UTF-8", async () => {
    const { heard, problems, git, commit, folder } = await listening();
    await commit(`${"x".repeat(1999)}✓ and more`);
    await git("push", "origin", "main");
    // git itself would write the message anew in UTF-8.
    const tree = (await git("rev-parse", "HEAD^{tree}")).trim();
    const commitObject = `tree ${tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\ncaf\xe9 \xe2\x9c\n\xff au lait\n`;
    const hashing = ["-C", join(folder, "work"), "hash-object", "-t", "commit", "-w", "--stdin"];
    const revision = execFileSync("git", hashing, {
      input: Buffer.from(commitObject, "latin1"),
      encoding: "utf8",
    }).trim();
    await git("push", "--force", "origin", `${revision}:refs/heads/main`);
    expect(problems).toEqual([]);
    expect(heard).toMatchObject([{ message: "x".repeat(1999) }, { message: "caf   au lait" }]);
  });

  it("starts at most 15 programs by at most 20 forks for one ref", async () => {
    const { heard, git, commit, bare, folder } = await listening();
    await commit("first");
    await git("push", "origin", "main");
    await commit("second");
    const trace = join(folder, "trace");
    const traced = `#!/bin/sh\nexec strace -f -qq -e trace=execve,clone,clone3,fork,vfork -o ${trace} ${HOOK}\n`;
    writeFileSync(join(bare, "hooks/post-receive"), traced);
    await git("push", "origin", "main");
    expect(heard).toHaveLength(2);
    const calls = readFileSync(trace, "utf8")
      .split("\n")
      .filter((line) => !line.includes("CLONE_THREAD"));
    // The first program is the hook itself.
    const programs = calls.filter((line) => /execve\(.*\) = 0$/.test(line)).slice(1);
    const forks = calls.filter((line) => /(?:clone3?|v?fork)\(.*= \d+$/.test(line));
    expect({ programs: programs.length <= 15, forks: forks.length <= 20 }, calls.join("\n")).toEqual({
      programs: true,
      forks: true,
    });
    expect(programs.length).toBeGreaterThan(5);
  });

  it("signs with secrets of any length", async () => {
    for (const secret of ["x", "k".repeat(64), "ein längeres Geheimnis ✓ ".repeat(9)]) {
      const { heard, problems, git, commit } = await listening(secret);
      await commit("first");
      await git("push", "origin", "main");
      expect(problems).toEqual([]);
      expect(heard).toHaveLength(1);
    }
  });

  it("never makes a push fail, and says what to do when nobody listens", async () => {
    const { git, commit } = await listening("a secret", false);
    await commit("first");
    const said = await git("push", "origin", "main");
    expect(said).toMatch(/NOT TOLD of refs\/heads\/main[\s\S]*Deploy by hand: fraisier deploy/);
    expect((await git("ls-remote", "origin", "main")).trim()).not.toBe("");
  });
});
