import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { DiskFailing, DiskFull, HostUnavailable, StepFailed } from "../../src/domain/errors.ts";
import { mayPass } from "../../src/domain/retry.ts";
import { localGit } from "../../src/host/local-git.ts";
import { mountSmall } from "../helpers/mount-small.ts";
import { gitIn, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

const ABSENT = "0123456789012345678901234567890123456789";

function setting(): {
  origin: ScratchRepository;
  mirror: string;
  fetch: (revision: string, ref?: string) => Promise<string>;
  folder: string;
} {
  const folder = scratchFolder();
  const origin = new ScratchRepository(join(folder, "origin"));
  const mirror = join(folder, "state", "mirrors", "shop.git");
  const fetch = (revision: string, ref?: string): Promise<string> =>
    localGit.fetchRevision({ mirror, cloneUrl: origin.folder, ref, revision, timeoutMs: 20_000 });
  return { origin, mirror, fetch, folder };
}

describe("fetching a revision into a mirror", () => {
  it("makes the mirror, fetches by ref, and says the commit", async () => {
    const { origin, mirror, fetch } = setting();
    const revision = origin.commit({ "a.txt": "one" });
    expect(await fetch(revision, "refs/heads/main")).toBe(revision);
    expect(gitIn(mirror, "cat-file", "-t", revision)).toBe("commit");
  });

  it("does not ask the remote for what it already has", async () => {
    const { origin, fetch } = setting();
    const revision = origin.commit({ "a.txt": "one" });
    await fetch(revision, "refs/heads/main");
    rmSync(origin.folder, { recursive: true });
    expect(await fetch(revision, "refs/heads/main")).toBe(revision);
  });

  it.each(["feature/a/b", "-x", "--upload-pack=touch${IFS}x", "grün/🍓", "a;b&c'd", "refs/heads/main"])(
    "fetches from a branch called %s",
    async (branch) => {
      const { origin, fetch } = setting();
      origin.commit({ "a.txt": "one" });
      const revision = origin.commit({ "a.txt": "two" });
      origin.git("update-ref", `refs/heads/${branch}`, revision);
      origin.git("reset", "--quiet", "--hard", "HEAD~1");
      expect(await fetch(revision, `refs/heads/${branch}`)).toBe(revision);
    },
  );

  it("survives that a branch makes way for branches below its name", async () => {
    const { origin, fetch } = setting();
    const first = origin.commit({ "a.txt": "one" });
    origin.git("branch", "feature");
    await fetch(first, "refs/heads/feature");
    origin.git("branch", "-D", "feature");
    origin.git("checkout", "--quiet", "-b", "feature/a");
    const second = origin.commit({ "a.txt": "two" });
    expect(await fetch(second, "refs/heads/feature/a")).toBe(second);
  });

  it("peels an annotated tag to its commit, beside a branch of the same name", async () => {
    const { origin, fetch } = setting();
    const tagged = origin.commit({ "a.txt": "one" });
    origin.git("tag", "--annotate", "--message=release", "v1");
    const tagObject = origin.git("rev-parse", "refs/tags/v1");
    origin.git("branch", "v1");
    expect(tagObject).not.toBe(tagged);
    expect(await fetch(tagObject, "refs/tags/v1")).toBe(tagged);
  });

  it("fetches a commit that was pushed away while the remote still has it, and keeps it from git's cleaning-up", async () => {
    const { origin, mirror, fetch } = setting();
    origin.commit({ "a.txt": "one" });
    const lost = origin.commit({ "a.txt": "two" });
    origin.git("reset", "--quiet", "--hard", "HEAD~1");
    origin.git("config", "uploadpack.allowAnySHA1InWant", "true");
    expect(await fetch(lost, "refs/heads/main")).toBe(lost);
    gitIn(mirror, "gc", "--quiet", "--prune=now");
    expect(gitIn(mirror, "cat-file", "-t", lost)).toBe("commit");
  });

  it("fetches a commit whose branch is gone by its hash", async () => {
    const { origin, fetch } = setting();
    const revision = origin.commit({ "a.txt": "one" });
    expect(await fetch(revision, "refs/heads/deleted-since")).toBe(revision);
  });

  it("says so when the remote no longer has the revision", async () => {
    const { origin, fetch } = setting();
    origin.commit({ "a.txt": "one" });
    const failure = await fetch(ABSENT, "refs/heads/main").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepFailed);
    expect(failure).toMatchObject({
      message: `the remote no longer has revision ${ABSENT}`,
      hint: expect.stringContaining("forced push"),
    });
  });

  it("lets two deployments make and fill one mirror at once", async () => {
    const { origin, fetch } = setting();
    const revision = origin.commit({ "a.txt": "one" });
    const fetches = Array.from({ length: 4 }, () => fetch(revision, "refs/heads/main"));
    expect(await Promise.all(fetches)).toEqual(Array(4).fill(revision));
  });

  it("mirrors a repository with SHA-256 hashes", async () => {
    const { folder, mirror } = setting();
    const origin = new ScratchRepository(join(folder, "modern"), ["--object-format=sha256"]);
    const revision = origin.commit({ "a.txt": "one" });
    expect(revision).toHaveLength(64);
    const options = { mirror, cloneUrl: origin.folder, ref: "refs/heads/main", revision, timeoutMs: 20_000 };
    expect(await localGit.fetchRevision(options)).toBe(revision);
  });

  it.each(["main", "--all", "HEAD", "abc123", ""])("refuses %j as a revision", async (revision) => {
    const { fetch } = setting();
    await expect(fetch(revision, "refs/heads/main")).rejects.toThrow("is no full commit hash");
  });

  it.each(["refs/heads/a:refs/heads/b", "+refs/heads/a", "--upload-pack=x", "refs/heads/*", "main", "refs/heads/a b"])(
    "refuses %j as a ref",
    async (ref) => {
      const { fetch } = setting();
      await expect(fetch(ABSENT, ref)).rejects.toThrow("is no name of a ref");
    },
  );

  it("runs no command that a URL asks for", async () => {
    const { mirror, folder } = setting();
    const cloneUrl = `ext::sh -c touch% ${folder}/owned`;
    await expect(
      localGit.fetchRevision({ mirror, cloneUrl, ref: undefined, revision: ABSENT, timeoutMs: 5_000 }),
    ).rejects.toMatchObject({
      message: expect.stringContaining("not allowed"),
      hint: expect.stringContaining("https://"),
    });
    expect(existsSync(join(folder, "owned"))).toBe(false);
  });

  it("never shows the login of a URL, and says what to do about a host that does not answer", async () => {
    const { mirror } = setting();
    const cloneUrl = "https://ci:s3cret@127.0.0.1:1/acme/shop.git";
    const failure = await localGit
      .fetchRevision({ mirror, cloneUrl, ref: "refs/heads/main", revision: ABSENT, timeoutMs: 5_000 })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HostUnavailable);
    expect((failure as Error).message).not.toContain("s3cret");
    expect(failure).toMatchObject({ hint: "The remote cannot be reached from this machine now." });
  });

  it("gives up on a remote that never answers, by time and by abort", async () => {
    const { mirror } = setting();
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close());
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as { port: number };
    const options = { mirror, cloneUrl: `http://127.0.0.1:${port}/x.git`, ref: "refs/heads/main", revision: ABSENT };
    await expect(localGit.fetchRevision({ ...options, timeoutMs: 400 })).rejects.toThrow("git timed out");
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 300);
    await expect(localGit.fetchRevision({ ...options, timeoutMs: 20_000, signal: abort.signal })).rejects.toThrow(
      "git aborted",
    );
  });

  it("leaves no process of git behind when a fetch from a silent remote is cancelled", async () => {
    const { mirror } = setting();
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close());
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as { port: number };
    const cloneUrl = `http://127.0.0.1:${port}/hangs.git`;
    const asked = new Promise((resolve) => silent.once("connection", resolve));
    const abort = new AbortController();
    const fetching = localGit.fetchRevision({
      mirror,
      cloneUrl,
      ref: "refs/heads/main",
      revision: ABSENT,
      timeoutMs: 60_000,
      signal: abort.signal,
    });
    await asked;
    expect(processesNaming(cloneUrl).length).toBeGreaterThan(0);
    abort.abort();
    await expect(fetching).rejects.toThrow("git aborted");
    expect(processesNaming(cloneUrl)).toEqual([]);
  });

  it("hands on git's progress in whole lines", async () => {
    const { origin, mirror } = setting();
    const revision = origin.commit({ "a.txt": "one", "b.txt": "two" });
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    await localGit.fetchRevision({
      mirror,
      cloneUrl: origin.folder,
      ref: "refs/heads/main",
      revision,
      timeoutMs: 20_000,
      onLine,
    });
    expect(lines.some((line) => line.includes("100%"))).toBe(true);
    expect(lines.join("")).not.toContain("\r");
  });

  it("says that the mirror's place cannot be used", async () => {
    const { origin, folder } = setting();
    const revision = origin.commit({ "a.txt": "one" });
    writeFileSync(join(folder, "file"), "");
    const mirror = join(folder, "file", "shop.git");
    await expect(
      localGit.fetchRevision({ mirror, cloneUrl: origin.folder, ref: undefined, revision, timeoutMs: 5_000 }),
    ).rejects.toBeInstanceOf(HostUnavailable);
  });
});

describe("asking a mirror", () => {
  it("knows ancestors, and the difference between no and unknown", async () => {
    const { origin, mirror, fetch } = setting();
    const first = origin.commit({ "a.txt": "one" });
    const second = origin.commit({ "a.txt": "two" });
    expect(await localGit.isAncestor(mirror, first, second)).toBeUndefined();
    await fetch(second, "refs/heads/main");
    expect(await localGit.isAncestor(mirror, first, second)).toBe(true);
    expect(await localGit.isAncestor(mirror, first, first)).toBe(true);
    expect(await localGit.isAncestor(mirror, second, first)).toBe(false);
    expect(await localGit.isAncestor(mirror, ABSENT, first)).toBeUndefined();
    origin.git("checkout", "--quiet", "--orphan", "other");
    const unrelated = origin.commit({ "c.txt": "three" });
    await fetch(unrelated, "refs/heads/other");
    expect(await localGit.isAncestor(mirror, unrelated, second)).toBe(false);
  });

  it("lists the paths that differ, both names of a moved file, names as they are", async () => {
    const { origin, mirror, fetch } = setting();
    const first = origin.commit({ "a.txt": "one", "moved.txt": "the same text", "kept.txt": "k" });
    origin.git("mv", "moved.txt", "elsewhere.txt");
    const second = origin.commit({ "a.txt": "two", "grün ä\n.txt": "new" });
    await fetch(second, "refs/heads/main");
    const paths = await localGit.changedPaths(mirror, first, second);
    expect(paths?.toSorted()).toEqual(["a.txt", "elsewhere.txt", "grün ä\n.txt", "moved.txt"].toSorted());
    expect(await localGit.changedPaths(mirror, first, first)).toEqual([]);
    expect(await localGit.changedPaths(mirror, ABSENT, first)).toBeUndefined();
  });
});

describe("exporting a revision", () => {
  it("writes exactly its files: links as links, executables executable, attributes honoured, no .git", async () => {
    const { origin, mirror, fetch, folder } = setting();
    symlinkSync("../a.txt", join(origin.folder, "link"));
    const revision = origin.commit({
      "a.txt": "one\n",
      "bin/run": "#!/bin/sh\n",
      "dos.bat": "x\n",
      ".gitattributes": "*.bat eol=crlf\n",
    });
    origin.commit({ "a.txt": "newer\n" });
    await fetch(revision, "refs/heads/main");
    const release = join(folder, "app", "releases", "one");
    await localGit.exportRevision(mirror, revision, release);
    expect(readdirSync(release).toSorted()).toEqual([".gitattributes", "a.txt", "bin", "dos.bat", "link"]);
    expect(readFileSync(join(release, "a.txt"), "utf8")).toBe("one\n");
    expect(readFileSync(join(release, "dos.bat"), "utf8")).toBe("x\r\n");
    expect(readlinkSync(join(release, "link"))).toBe("../a.txt");
    expect(lstatSync(join(release, "bin/run")).mode & 0o111).toBe(0o111);
    expect(lstatSync(join(release, "a.txt")).mode & 0o111).toBe(0);
    expect(readdirSync(join(folder, "app", "releases"))).toEqual(["one"]);
  });

  it("refuses a folder with something in it, and says which revision is missing", async () => {
    const { origin, mirror, fetch, folder } = setting();
    const revision = origin.commit({ "a.txt": "one" });
    await fetch(revision, "refs/heads/main");
    writeFileSync(join(folder, "mine.txt"), "");
    await expect(localGit.exportRevision(mirror, revision, folder)).rejects.toThrow("it is not empty");
    await expect(localGit.exportRevision(mirror, ABSENT, join(folder, "new"))).rejects.toThrow(`export of ${ABSENT}`);
  });
});

describe("asking a remote", () => {
  it("knows its refs, tags peeled", async () => {
    const { origin } = setting();
    const revision = origin.commit({ "a.txt": "one" });
    origin.git("tag", "--annotate", "--message=release", "v1");
    origin.git("update-ref", "refs/heads/other/refs/heads/main", revision);
    expect(await localGit.remoteRevision(origin.folder, "HEAD")).toBe(revision);
    expect(await localGit.remoteRevision(origin.folder, "refs/heads/main")).toBe(revision);
    expect(await localGit.remoteRevision(origin.folder, "refs/tags/v1")).toBe(revision);
    expect(await localGit.remoteRevision(origin.folder, "refs/heads/absent")).toBeUndefined();
    expect([...(await localGit.remoteRefs(origin.folder))]).toEqual([
      ["refs/heads/main", revision],
      ["refs/heads/other/refs/heads/main", revision],
      ["refs/tags/v1", revision],
    ]);
  });

  it("says that there is no repository", async () => {
    const failure = await localGit
      .remoteRevision(join(scratchFolder(), "nothing"), "HEAD")
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "StepFailed", hint: expect.stringContaining("Is clone_url right") });
  });
});

/** The command lines of the living processes that have this text among their arguments. */
function processesNaming(text: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return line.includes(text) ? [line] : [];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

describe("a mirror whose disk is in trouble", () => {
  it.skipIf(process.getuid?.() !== 0)(
    "fails as the host's failure that may pass, whether full or read-only",
    async () => {
      const { origin, mirror, fetch, folder } = setting();
      const first = origin.commit({ "a.txt": "one" });
      await fetch(first, "refs/heads/main");
      if (!mountSmall(join(folder, "state"), "mirrors", 2)) return;
      // Random text: git cannot pack it into two megabytes.
      const large = origin.commit({ "large.txt": randomBytes(3 << 20).toString("base64") });
      const full = await fetch(large, "refs/heads/main").catch((error: unknown) => error);
      expect(full).toBeInstanceOf(DiskFull);
      expect(mayPass(full)).toBe(true);
      execFileSync("mount", ["-o", "remount,ro", join(folder, "state/mirrors")]);
      const readOnly = await fetch(origin.commit({ "b.txt": "two" }), "refs/heads/main").catch(
        (error: unknown) => error,
      );
      expect(readOnly).toBeInstanceOf(DiskFailing);
      expect(mayPass(readOnly)).toBe(true);
      expect(gitIn(mirror, "cat-file", "-t", first)).toBe("commit");
    },
  );
});
