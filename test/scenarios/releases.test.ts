import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mountSmall } from "../helpers/mount-small.ts";
import { createScenario } from "../helpers/scenario.ts";

describe("folders of releases", () => {
  it("never share what lies behind a link of the repository", async () => {
    const scenario = await createScenario({ environment: "shared: [data/uploads, cache]\nkeep_releases: 2" });
    const elsewhere = join(scenario.folder, "elsewhere");
    mkdirSync(join(elsewhere, "uploads"), { recursive: true });
    writeFileSync(join(elsewhere, "uploads/precious"), "not the repository's");
    await scenario.start();
    symlinkSync(elsewhere, join(scenario.work, "data"));
    const linked = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(linked)).toMatchObject({
      status: "failed",
      reason: "shared data/uploads would not lie in the release: data is a symbolic link in the repository",
    });
    expect(readFileSync(join(elsewhere, "uploads/precious"), "utf8")).toBe("not the repository's");

    unlinkSync(join(scenario.work, "data"));
    symlinkSync(join(elsewhere, "uploads"), join(scenario.work, "cache"));
    const last = await scenario.commit("2");
    await scenario.push();
    await scenario.settled(last, "succeeded");
    writeFileSync(join(scenario.app, "current/cache/new"), "");
    expect(readdirSync(join(scenario.app, "shared/cache"))).toEqual(["new"]);
    expect(readdirSync(join(elsewhere, "uploads"))).toEqual(["precious"]);
  });

  it("fail no deployment if they cannot be removed, and are not gone back to once half of one is gone", async () => {
    const scenario = await createScenario({ environment: "keep_releases: 1" });
    await scenario.start();
    const releases = join(scenario.app, "releases");
    const deploy = async (version: string): Promise<string> => {
      const revision = await scenario.commit(version);
      await scenario.push();
      return (await scenario.settled(revision, "succeeded", "failed", "rolled_back")).id;
    };
    const first = await deploy("1");
    mkdirSync(join(releases, first, "busy"));
    if (!mountSmall(join(releases, first), "busy", 1)) return;
    await deploy("2");
    const third = await deploy("3");
    const { deployment } = (await scenario.store.deployments.detail(third)) ?? {};
    expect(deployment).toMatchObject({ status: "succeeded" });
    expect(existsSync(join(releases, first, "VERSION"))).toBe(false);
    const log = await scenario.store.deployments.output(third, 0, 500);
    expect(log.map(({ line }) => line).join("\n")).toMatch(`the old release ${first} stays for now: cannot remove`);

    const back = await scenario.fraisier("rollback", "shop", "production", "--to-deployment", first);
    expect(back).toMatchObject({ exitCode: 0 });
    expect(await scenario.answer()).toBe("version 1");
    execFileSync("umount", [join(releases, `${first}.deleting`, "busy")]);
    await deploy("4");
    expect(readdirSync(releases).filter((name) => name.includes("."))).toEqual([]);
  });

  it("are removed only if a deployment on record made them, and never behind a link", async () => {
    const scenario = await createScenario({ environment: "keep_releases: 1" });
    await scenario.start();
    const releases = join(scenario.app, "releases");
    // Names as fraisier gives them, and others: none of these folders is fraisier's.
    const foreign = ["1m7zkkw128rfz", "1m7zkkw128rfz.unfinished", "1m7zkkw128rg0.deleting", "backup"];
    for (const name of foreign) mkdirSync(join(releases, name), { recursive: true });
    const deploy = async (version: string) => {
      const revision = await scenario.commit(version);
      await scenario.push();
      return await scenario.settled(revision);
    };
    const ids = [(await deploy("1")).id, (await deploy("2")).id, (await deploy("3")).id];
    expect(readdirSync(releases).toSorted()).toEqual([...foreign, ...ids.slice(1)].toSorted());

    const moved = join(scenario.folder, "moved");
    renameSync(releases, moved);
    symlinkSync(moved, releases);
    const before = readdirSync(moved);
    expect(await deploy("4")).toMatchObject({
      status: "failed",
      reason: expect.stringContaining(`${releases} is a symbolic link (to ${moved})`),
      hint: expect.stringContaining("the revision is not held"),
    });
    expect(readdirSync(moved)).toEqual(before);
  });

  it.skipIf(process.getuid?.() !== 0).each([0o000, 0o077])(
    "have the group of the app folder and are closed to others, under umask %i",
    async (hostile) => {
      const scenario = await createScenario({ environment: "build: mkdir made && touch made/file" });
      chownSync(scenario.app, 0, 4242);
      chmodSync(scenario.app, 0o2750);
      const own = process.umask(hostile);
      await scenario.start().finally(() => process.umask(own));
      const revision = await scenario.commit("1", { "bin/run": "true" });
      await scenario.push();
      const { id } = await scenario.settled(revision, "succeeded");
      const release = join(scenario.app, "releases", id);
      for (const [path, mode] of [
        [scenario.app, 0o2750],
        [join(release, ".."), 0o2750],
        [release, 0o2750],
        [join(release, "bin"), 0o2750],
        [join(release, "bin/run"), 0o640],
        [join(release, "made"), 0o2750],
        [join(release, "made/file"), 0o640],
      ] as const) {
        const { gid, mode: found } = statSync(path);
        expect([path, gid, (found & 0o7777).toString(8)]).toEqual([path, 4242, mode.toString(8)]);
      }
    },
  );
});
