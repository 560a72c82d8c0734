import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openLineFile } from "../../src/host/line-file.ts";
import { mountSmall } from "../helpers/mount-small.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

describe("a file of lines", () => {
  it("has its whole lines when it is opened again, and not the one that a killed process began", async () => {
    const path = join(temporaryFolder(), "journals/one.jsonl");
    const file = await openLineFile(path);
    expect(file.lines).toEqual([]);
    await file.append("one", true);
    await file.append("two", false);
    await file.close();
    appendFileSync(path, "thr");
    const again = await openLineFile(path);
    expect(again.lines).toEqual(["one", "two"]);
    await again.append("four", true);
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\nfour\n");
    await again.remove();
    expect((await openLineFile(path)).lines).toEqual([]);
  });

  it("keeps a line apart from the part of another one that a full disk has left", async () => {
    const parent = temporaryFolder();
    const folder = join(parent, "small");
    mkdirSync(folder);
    if (!mountSmall(parent, "small", 1)) return;
    const file = await openLineFile(join(folder, "one.jsonl"));
    onTestFinished(() => file.close());
    await file.append("one", true);
    writeFileSync(join(folder, "filling"), Buffer.alloc(1 << 19));
    await expect(file.append("x".repeat(1 << 20), false)).rejects.toThrow("ENOSPC");
    rmSync(join(folder, "filling"));
    await file.append("two", true);
    const { lines } = await openLineFile(join(folder, "one.jsonl"));
    expect([lines[0], lines.at(-1)?.slice(0, 9)]).toEqual(["one", "two"]);
  });
});
