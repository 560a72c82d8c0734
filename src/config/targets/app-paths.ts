import { isAbsolute, normalize, relative } from "node:path";
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

/** Two targets in one folder would take each other's releases down. A target that borrows its code makes no releases. */
export function checkAppPaths(all: readonly Target[], problems: Problems): void {
  const targets = all.filter((target) => lenderOf(target) === undefined);
  for (const [index, { fraise, environment, settings }] of targets.entries()) {
    const own = settings.app_path;
    for (const other of targets.slice(0, index)) {
      const theirs = other.settings.app_path;
      if (!isBelow(own, theirs) && !isBelow(theirs, own)) continue;
      const how = own === theirs ? "is also" : "lies within or around";
      problems.at(
        ["fraises", fraise, "environments", environment, "app_path"],
        `app_path ${own} ${how} that of ${other.fraise}/${other.environment}: each target needs its own`,
      );
    }
  }
}

function isBelow(path: string, parent: string): boolean {
  const way = relative(parent, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}
