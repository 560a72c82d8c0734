import { basename, dirname } from "node:path";
import { StepFailed } from "../domain/errors.ts";
import type { Git } from "./git.ts";
import { whileAtWork } from "./dead-lock.ts";
import { git, tryGit } from "./git-command.ts";
import { requireRevision } from "./git-fetch.ts";
import { gitFailure } from "./git-failure.ts";
import { listRemote, remoteCall } from "./git-remote.ts";

const PUSH_TIMEOUT_MS = 60_000;

/** Tags that fraisier sets on what it has deployed: annotated ones, in a mirror or in somebody's checkout. */
export const tags: Pick<Git, "tagRevision" | "pushTag"> = {
  async tagRevision(repository, { name, revision, message, at }) {
    requireRevision(revision);
    const env = { GIT_DIR: repository };
    const ref = await requireTagName(name);
    const there = await tryGit(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], { what: "look-up", env });
    if (there.ok) {
      const commit = there.stdout.trim();
      if (commit === revision) return "there";
      throw new StepFailed(`the tag ${name} is there already, on ${commit}`, {
        hint: "Tags are not moved: a name with {deployment} or {time} in it is a new one each time.",
      });
    }
    const locked = {
      gitFolder: repository,
      workTree: basename(repository) === ".git" ? dirname(repository) : undefined,
    };
    const who = { NAME: "fraisier", EMAIL: "fraisier@localhost", DATE: `@${Math.floor(at.getTime() / 1000)} +0000` };
    const committer = Object.fromEntries(Object.entries(who).map(([key, value]) => [`GIT_COMMITTER_${key}`, value]));
    await whileAtWork(locked, () =>
      git(["tag", "--annotate", "--file=-", "--cleanup=verbatim", "--", name, revision], {
        what: `tagging ${revision}`,
        env: { ...env, ...committer },
        repository: locked,
        input: `${message}\n`,
        config: ["tag.gpgSign=false", "core.filesRefLockTimeout=1000"],
      }),
    );
    return "made";
  },

  async pushTag(repository, { cloneUrl, name, revision, signal }) {
    const ref = await requireTagName(name);
    const call = await remoteCall(cloneUrl, {
      what: `push of the tag ${name}`,
      env: { GIT_DIR: repository },
      timeoutMs: PUSH_TIMEOUT_MS,
      signal,
    });
    // Progress because simple-git waits 50 ms after commands that say nothing. No hook of a checkout's owner.
    const options = ["--progress", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"];
    const answer = await tryGit(["push", ...options, "--", call.url, `${ref}:${ref}`], call);
    if (answer.ok) return;
    // Pushed by another machine, or by a runner that died: what counts is where it is.
    if ((await listRemote(cloneUrl, [], [ref, `${ref}^{}`])).get(ref) === revision) return;
    throw gitFailure(call.what, answer.exit);
  },
};

/** @throws StepFailed for a name that git would not take, or would take for something else. */
async function requireTagName(name: string): Promise<string> {
  const ref = `refs/tags/${name}`;
  const answer = await tryGit(["check-ref-format", ref], { what: "checking the name of the tag" });
  if (answer.ok && !name.startsWith("-")) return ref;
  throw new StepFailed(`${JSON.stringify(name)} is no name git takes for a tag`, { hint: "See tag: in fraises.yaml." });
}
