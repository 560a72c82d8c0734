import { bitbucket } from "./bitbucket.ts";
import type { Forge } from "./forge.ts";
import { git } from "./git.ts";
import { gitea } from "./gitea.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";

/** In the order in which headers are asked: Gitea and its kin send GitHub's headers too, so they come first. */
export const forges: readonly Forge[] = [git, gitea, gitlab, bitbucket, github];
