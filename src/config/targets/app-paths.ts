import { dirname, isAbsolute, normalize, resolve } from "node:path";
import { lenderOf } from "./code-from.ts";
import type { Target } from "../config.ts";
import type { Path } from "../file/locate.ts";
import type { Problems } from "../file/problems.ts";
import type { EnvironmentSettings } from "../settings.ts";

/** Checks that a target's folder is an absolute path, and that what its releases share stays below them. */
export function checkPaths({ app_path, shared }: EnvironmentSettings, path: Path, problems: Problems): void {
  if (!isAbsolute(app_path) || app_path === "/")
    problems.of([...path, "app_path"], " must be an absolute path below /");
  for (const each of shared) {
    if (isAbsolute(each) || normalize(each).startsWith("..") || normalize(each) === ".")
      problems.at([...path, "shared"], `shared path "${each}" must stay below the release`);
  }
}

/**
 * Two targets in one folder would take each other's releases down. A target that borrows its code makes no releases. Each target is compared with the
 * folders around it and with those below it, not with every other target: a file may have a thousand.
 */
export function checkAppPaths(all: readonly Target[], problems: Problems): void {
  const byFolder = new Map<string, Target>();
  const belowFolder = new Map<string, Target>();
  const foldersAround = listFolders();
  for (const target of all.filter((each) => lenderOf(each) === undefined)) {
    const { fraise, environment, settings } = target;
    const own = resolve(settings.app_path);
    const around = foldersAround(own);
    const same = byFolder.get(own);
    const other = same ?? belowFolder.get(own) ?? byFolder.get(around.find((folder) => byFolder.has(folder)) ?? "");
    if (other !== undefined) {
      const how = same === undefined ? "lies within or around" : "is also";
      problems.at(
        ["fraises", fraise, "environments", environment, "app_path"],
        `app_path ${settings.app_path} ${how} that of ${other.fraise}/${other.environment}: each target needs its own`,
      );
    }
    if (same === undefined) byFolder.set(own, target);
    for (const folder of around) {
      // The folders around one that is known are known, too.
      if (belowFolder.has(folder)) break;
      belowFolder.set(folder, target);
    }
  }
}

/** `/srv/shop` lies in `/srv` and in `/`: the nearest folder comes first. Most targets lie in the same folder, whose list is made once. */
function listFolders(): (path: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  const around = (path: string): readonly string[] => {
    const parent = dirname(path);
    if (parent === path) return [];
    const list = known.get(parent) ?? [parent, ...around(parent)];
    known.set(parent, list);
    return list;
  };
  return around;
}
