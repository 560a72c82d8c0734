import { StepFailed } from "../../domain/errors.ts";
import type { TreeFile } from "../../host/git.ts";
import type { Command } from "../../host/processes.ts";
import { matcher } from "../../routing/patterns.ts";
import type { PreviewContext } from "../capabilities.ts";

/** A component group as fraises.yaml names it, defaults filled in. */
export interface GroupSettings {
  readonly name: string;
  /** Empty: the group has no files, and its command runs once. */
  readonly file_patterns: readonly string[];
  readonly changed_only: boolean;
  readonly pre_deploy: readonly Command[];
  readonly build_command?: Command | undefined;
  readonly test_command?: Command | undefined;
  readonly deploy_command?: Command | undefined;
  readonly post_deploy: readonly Command[];
  /** Takes one file back, while the failed revision's files still stand. */
  readonly rollback_command?: Command | undefined;
  /** For one file, once the old code stands again. */
  readonly after_rollback?: Command | undefined;
  readonly required_env_vars: readonly string[];
  readonly user?: string | undefined;
  readonly timeout?: number | undefined;
}

/** The step of a group: the key of its journal. */
export function groupStep(name: string): string {
  return `group:${name}`;
}

/**
 * The files that a group deploys of the revision, sorted by path. With `changed_only` the files whose content is not the one that was deployed last, whichever
 * deployment did it: one that left this group out, or died in it, makes nothing forgotten.
 */
export async function filesOfGroup(
  context: PreviewContext<"git" | "groupFiles">,
  group: GroupSettings,
): Promise<readonly TreeFile[]> {
  const { host, places, deployment } = context;
  if (group.file_patterns.length === 0) return [];
  const all = await host.git.listFiles(places.mirror, deployment.revision);
  if (all === undefined) throw new StepFailed(`the revision ${deployment.revision} is not in ${places.mirror}`);
  const isWanted = matcher(group.file_patterns);
  const files = all
    .filter(({ path, kind }) => kind !== "submodule" && isWanted(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  if (!group.changed_only) return files;
  const deployed = await context.groupFiles(group.name);
  return files.filter(({ path, blob }) => deployed.get(path) !== blob);
}
