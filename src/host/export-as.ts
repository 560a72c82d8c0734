import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DISK_HINTS } from "../domain/disk-trouble.ts";
import { DiskFull, StepFailed } from "../domain/errors.ts";
import type { Account } from "./accounts.ts";
import { gitEnvironment, SAFE_SETTINGS } from "./git-command.ts";
import { requireRevision } from "./git-fetch.ts";

/** In the mirror, where it wins over `.gitattributes` of the revision: a release has every file of it, unchanged. */
const ATTRIBUTES = "* -export-ignore -export-subst\n";

/**
 * Writes the files of a revision into a folder of another user. This process has git read the mirror, and tar(1) writes as that user, who cannot read the
 * mirror. So no link leads to a place that the user could not write to anyway.
 */
export async function exportAs(
  { uid, gid }: Account,
  { mirror, revision, folder }: { readonly mirror: string; readonly revision: string; readonly folder: string },
): Promise<void> {
  requireRevision(revision);
  await mkdir(join(mirror, "info"), { recursive: true });
  await writeFile(join(mirror, "info/attributes"), ATTRIBUTES);
  const settings = [...SAFE_SETTINGS, "tar.umask=0", "core.autocrlf=false"].flatMap((each) => ["-c", each]);
  const git = spawn("git", [...settings, "archive", "--format=tar", revision], {
    cwd: "/",
    env: await gitEnvironment({ GIT_DIR: mirror }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const tar = spawn("tar", ["--extract", "--no-same-owner", "--file=-", `--directory=${folder}`], {
    cwd: "/",
    uid,
    gid,
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
    stdio: ["pipe", "ignore", "pipe"],
  });
  const words: Buffer[] = [];
  for (const { stderr } of [git, tar]) stderr.on("data", (chunk: Buffer) => words.push(chunk));
  const ended = Promise.all([once(git, "close"), once(tar, "close")]) as Promise<[[number | null], [number | null]]>;
  // A tar that fails closes the pipe: its exit code says so.
  const [codes] = await Promise.all([ended, pipeline(git.stdout, tar.stdin).catch(() => {})]);
  if (codes.every(([code]) => code === 0)) return;
  const said = Buffer.concat(words).toString().trim().split("\n").slice(0, 6).join("; ");
  const what = `export of ${revision} into ${folder}: ${said}`;
  if (/No space left on device|Disk quota exceeded/.test(said)) throw new DiskFull(what, { hint: DISK_HINTS.full });
  throw new StepFailed(what);
}
