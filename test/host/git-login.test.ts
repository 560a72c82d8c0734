import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localGit } from "../../src/host/local-git.ts";
import { splitLogin } from "../../src/host/split-login.ts";
import { gitOverHttp } from "../helpers/git-over-http.ts";
import { gitIn, ScratchRepository, scratchFolder } from "./scratch-repository.ts";

/** The arguments of every process of this machine, as any user can read them. */
function allArguments(): string {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        // It ended meanwhile.
        return "";
      }
    })
    .join("\n");
}

it("a password in clone_url reaches the remote, and stands in no program's arguments", async () => {
  const folder = scratchFolder();
  const work = new ScratchRepository(join(folder, "work"));
  const revision = work.commit({ "a.txt": "one" });
  const bare = join(folder, "shop.git");
  gitIn(folder, "clone", "--quiet", "--bare", work.folder, bare);
  const seen: string[] = [];
  const remote = await gitOverHttp(bare, {
    allow: (authorization) => {
      seen.push(allArguments());
      return authorization === `Basic ${Buffer.from("ann:s3cr/t p@ss").toString("base64")}`;
    },
  });
  const cloneUrl = remote.url.replace("http://", "http://ann:s3cr%2Ft%20p@ss@");
  const mirror = join(folder, "mirror.git");
  expect(await localGit.remoteRevision(cloneUrl, "refs/heads/main")).toBe(revision);
  await localGit.fetchRevision({ mirror, cloneUrl, ref: "refs/heads/main", revision, timeoutMs: 20_000 });
  await localGit.tagRevision(mirror, { name: "live", revision, message: "x", at: new Date(0) });
  expect(seen.join("")).toContain(remote.url);
  expect(seen.join("")).not.toMatch(/s3cr|ann:/);
  const wrong = remote.url.replace("http://", "http://ann:wrong@");
  await expect(localGit.remoteRevision(wrong, "refs/heads/main")).rejects.toMatchObject({
    hint: expect.stringContaining("file environment"),
  });
});

it("only the login of a web address is taken out of clone_url", () => {
  for (const url of [
    "git@github.com:acme/shop.git",
    "ssh://git@host/x",
    "/srv/git/x@y",
    "https://host/a@b",
    "file:///x",
  ])
    expect(splitLogin(url)).toEqual({ url, env: {} });
  const { url, env } = splitLogin("https://token@host:8443/x.git");
  expect(url).toBe("https://host:8443/x.git");
  expect(env).toMatchObject({ GIT_CONFIG_KEY_0: "credential.https://host:8443.username", GIT_CONFIG_VALUE_0: "token" });
  expect(() => splitLogin("https://ann:a%0Ahost=evil@host/x")).toThrow("line break");
});
