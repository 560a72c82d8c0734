import { stat } from "node:fs/promises";
import { join } from "node:path";
import { tryGit } from "./git-command.ts";

/** A mirror that takes longer to read is not judged. */
const TIMEOUT_MS = 120_000;

/**
 * Why nothing can be fetched into a mirror or exported from it, in git's words: a power cut can leave it without its HEAD, with empty refs or with
 * empty objects. Undefined if there is no mirror, or no fault in it. Changes nothing.
 * @param isThorough whether every commit and tree is looked up, which takes seconds in a large repository.
 */
export async function mirrorFault(mirror: string, isThorough: boolean): Promise<string | undefined> {
  const folder = await stat(mirror).catch(() => undefined);
  if (folder === undefined) return undefined;
  if (!folder.isDirectory()) return "it is not a folder";
  if ((await stat(join(mirror, "HEAD")).catch(() => undefined)) === undefined) return "its HEAD is missing";
  const questions = [
    ["rev-parse", "--git-dir"],
    ["for-each-ref", "--format=%(objecttype)"],
    ...(isThorough ? [["fsck", "--connectivity-only", "--no-dangling", "--no-progress"]] : []),
  ];
  for (const question of questions) {
    const answer = await tryGit(question, {
      what: "looking for damage",
      env: { GIT_DIR: mirror },
      timeoutMs: TIMEOUT_MS,
    });
    if (answer.ok || answer.exit.ended !== "by itself") continue;
    const words = answer.exit.stderr.split("\n").find((line) => /^(error|fatal):/.test(line));
    return words ?? `git ${question[0]} fails`;
  }
  return undefined;
}
