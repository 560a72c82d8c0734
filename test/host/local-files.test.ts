import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localFiles } from "../../src/host/local-files.ts";
import { scratchFolder } from "./scratch-repository.ts";

const isRoot = process.getuid?.() === 0;

describe("files", () => {
  it("are written whole, with their mode, and nothing is left beside them", async () => {
    const folder = scratchFolder();
    const path = join(folder, "state.json");
    await localFiles.writeText(path, "one", 0o600);
    await localFiles.writeText(path, "two", 0o600);
    expect(await localFiles.readText(path)).toBe("two");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  it("are copied with their mode, over what is there; links as links", async () => {
    const folder = scratchFolder();
    const [from, to, link] = [join(folder, "from"), join(folder, "to"), join(folder, "link")];
    writeFileSync(from, "secret", { mode: 0o440 });
    writeFileSync(to, "public", { mode: 0o644 });
    await localFiles.copy(from, to);
    expect([readFileSync(to, "utf8"), statSync(to).mode & 0o777]).toEqual(["secret", 0o440]);
    symlinkSync("/dev/null", link);
    await localFiles.copy(link, to);
    expect(await localFiles.readLink(to)).toBe("/dev/null");
    await expect(localFiles.copy(join(folder, "absent"), to)).rejects.toMatchObject({ name: "HostUnavailable" });
    expect(readdirSync(folder)).toEqual(["from", "link", "to"]);
  });

  it("answer for what is not there", async () => {
    const path = join(scratchFolder(), "absent", "deeper");
    expect(await localFiles.exists(path)).toBe(false);
    expect(await localFiles.readText(path)).toBeUndefined();
    expect(await localFiles.readLink(path)).toBeUndefined();
    expect(await localFiles.list(path)).toEqual([]);
    expect(await localFiles.freeBytes(path)).toBeGreaterThan(0);
    expect(await localFiles.isWritable(path)).toBe(true);
    await localFiles.remove(path);
  });

  it("say what could not be done, and to what", async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, "file"), "");
    await expect(localFiles.makeFolder(join(folder, "file", "sub"))).rejects.toMatchObject({
      name: "HostUnavailable",
      message: expect.stringContaining(`cannot make the folder ${folder}/file/sub: `),
    });
    await expect(localFiles.sync(join(folder, "absent"))).rejects.toThrow("to disk");
    await expect(localFiles.sync(join(folder, "absent"), { deep: true })).rejects.toThrow("to disk");
  });

  it("are listed by name, renamed, and flushed", async () => {
    const folder = scratchFolder();
    await localFiles.makeFolder(join(folder, "b/c"));
    writeFileSync(join(folder, "a"), "");
    expect(await localFiles.list(folder)).toEqual(["a", "b"]);
    await localFiles.rename(join(folder, "a"), join(folder, "b", "d"));
    expect(await localFiles.list(join(folder, "b"))).toEqual(["c", "d"]);
    await localFiles.sync(folder);
    await localFiles.sync(folder, { deep: true });
  });
});

describe("links", () => {
  it("switch at once: a reader never finds none", async () => {
    const folder = scratchFolder();
    const current = join(folder, "current");
    for (const name of ["one", "two"]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "version"), name);
    }
    await localFiles.switchLink(current, "one");
    let reads = 0;
    let switching = true;
    const reader = (async () => {
      // oxlint-disable-next-line no-unmodified-loop-condition -- changed below, while this runs
      for (; switching; reads++) {
        expect(readFileSync(join(current, "version"), "utf8")).toMatch(/^(one|two)$/);
        await new Promise(setImmediate);
      }
    })();
    for (let i = 0; i < 50; i++) await localFiles.switchLink(current, i % 2 === 0 ? "two" : "one");
    switching = false;
    await reader;
    expect(reads).toBeGreaterThan(10);
    expect(await localFiles.readLink(current)).toBe("one");
    expect(readdirSync(folder).toSorted()).toEqual(["current", "one", "two"]);
  });

  it("exist and can be read if they point nowhere; a folder is no link", async () => {
    const folder = scratchFolder();
    await localFiles.switchLink(join(folder, "dangling"), "/no/such/place");
    expect(await localFiles.exists(join(folder, "dangling"))).toBe(true);
    expect(await localFiles.readLink(join(folder, "dangling"))).toBe("/no/such/place");
    expect(await localFiles.readLink(folder)).toBeUndefined();
  });

  it("do not replace a folder that stands there", async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "current"));
    await expect(localFiles.switchLink(join(folder, "current"), "one")).rejects.toThrow("cannot switch the link");
    expect(readdirSync(folder)).toEqual(["current"]);
  });
});

describe("removing", () => {
  it("takes a whole tree and stays within it", async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "release/deep/er"), { recursive: true });
    mkdirSync(join(folder, "shared"));
    writeFileSync(join(folder, "shared/upload"), "precious");
    symlinkSync("../shared", join(folder, "release/uploads"));
    symlinkSync("release", join(folder, "link"));
    await localFiles.remove(`${join(folder, "link")}/`);
    expect(readdirSync(folder).toSorted()).toEqual(["release", "shared"]);
    await localFiles.remove(join(folder, "release"));
    expect(readdirSync(join(folder, "shared"))).toEqual(["upload"]);
  });

  it("takes read-only folders, also where we are not root", async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, "tree/module"), { recursive: true });
    writeFileSync(join(folder, "tree/module/file"), "");
    chmodSync(join(folder, "tree/module"), 0o555);
    chmodSync(join(folder, "tree"), 0o555);
    if (isRoot) {
      // Root is never refused: a process of an ordinary user does it.
      chmodSync(folder, 0o777);
      execFileSync("chown", ["-R", "nobody", folder]);
      const module = new URL("../../src/host/local-files.ts", import.meta.url).href;
      const script = `const { localFiles } = await import(${JSON.stringify(module)}); await localFiles.remove(${JSON.stringify(join(folder, "tree"))});`;
      execFileSync("setpriv", [
        "--reuid=nobody",
        "--clear-groups",
        "--",
        process.execPath,
        "--input-type=module",
        "--eval",
        script,
      ]);
    } else {
      await localFiles.remove(join(folder, "tree"));
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});
