import { describe, expect, it } from "vitest";
import { diskTrouble } from "../../src/domain/disk-trouble.ts";
import { StepFailed } from "../../src/domain/errors.ts";
import { mayPass } from "../../src/domain/retry.ts";

describe("a disk in trouble is not held against the revision", () => {
  it.each([
    "pg_dump: error: could not write to output file: No space left on device",
    'ERROR:  could not extend file "base/16384/16411": No space left on device',
    "write /var/lib/docker/tmp/GetImageBlob1: no space left on device",
    "npm error ENOSPC: no space left on device, write",
    "tar: release.tar: Wrote only 4096 of 10240 bytes\ntar: release.tar: Cannot write: Disk quota exceeded",
    "Error: in prepare, database or disk is full (13)",
  ])("if a program says that it is full: %j", (words) => {
    for (const ofRepository of [true, false]) {
      expect(diskTrouble("it failed", words, { ofRepository })).toMatchObject({ name: "DiskFull", exitCode: 3 });
    }
  });

  it.each([
    "mysqldump: Got errno 30 on write: Read-only file system",
    "pg_dump: error: could not read from file: Input/output error",
    "Runtime error near line 1: disk I/O error (10)",
  ])("if a program of the machine says that it takes nothing: %j", (words) => {
    expect(diskTrouble("it failed", words)).toMatchObject({ name: "DiskFailing", exitCode: 3 });
    // The commands of a repository may have tried a path that they must not write.
    expect(diskTrouble("it failed", words, { ofRepository: true })).toBeUndefined();
  });

  it.each([
    "Error: ENOSPC: System limit for number of file watchers reached, watch '/srv/shop'",
    "ok 12 refuses input",
  ])("and %j is no such trouble", (words) => {
    expect(diskTrouble("it failed", words)).toBeUndefined();
  });

  it.each(["ENOSPC", "EDQUOT", "EROFS", "EIO"])("also if something wraps the system's own %s", (code) => {
    const cause = Object.assign(new Error("write"), { code });
    expect(mayPass(new StepFailed("0007 could not be applied", { cause }))).toBe(true);
  });
});
