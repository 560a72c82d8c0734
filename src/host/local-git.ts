import { StepFailed } from "../domain/errors.ts";
import type { Git } from "./git.ts";
import { checkouts } from "./git-checkout.ts";
import { mirrors } from "./git-mirror.ts";
import { listRemote } from "./git-remote.ts";
import { tags } from "./git-tag.ts";
import { trees } from "./git-tree.ts";

/**
 * The git of this machine, through simple-git. Every command has English messages, no terminal to ask at, and a list of
 * allowed transports; credentials come from the user's own ~/.gitconfig and ~/.ssh. Submodules are not fetched: their
 * folders stay empty.
 */
export const localGit: Git = {
  ...mirrors,
  ...checkouts,
  ...tags,
  ...trees,

  async remoteRevision(cloneUrl, ref) {
    if (ref !== "HEAD" && !ref.startsWith("refs/"))
      throw new StepFailed(`${JSON.stringify(ref)} is no full name of a ref`);
    return (await listRemote(cloneUrl, [], [ref, `${ref}^{}`])).get(ref);
  },

  remoteRefs: (cloneUrl, signal) => listRemote(cloneUrl, ["--heads", "--tags"], [], signal),
};
