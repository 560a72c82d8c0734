import { short } from "../../domain/decision.ts";
import { StepFailed } from "../../domain/errors.ts";
import type { Host } from "../../host/host.ts";

interface Place {
  readonly mirror: string;
  readonly revision: string;
  /** The path of the file in the repository. */
  readonly path: string;
}

/** The text of a file of a revision that a mirror holds. @throws StepFailed if it is not there, is no plain file or is too large. */
export async function fileOfRevision(git: Host["git"], { mirror, revision, path }: Place): Promise<string> {
  const found = (await git.listFiles(mirror, revision))?.find((each) => each.path === path);
  if (found === undefined) {
    throw new StepFailed(`${short(revision)} has no ${path}`, {
      hint: "Push the file under this name, or name another one with file: in the local fraises.yaml. Nothing was touched.",
    });
  }
  if (found.kind === "link" || found.kind === "submodule")
    throw new StepFailed(`${path} is a ${found.kind} in ${short(revision)}, and must be a file`);
  const text = await git.readFile(mirror, found);
  if (text === undefined) throw new StepFailed(`${path} of ${short(revision)} is larger than 1 MiB`);
  return text;
}
