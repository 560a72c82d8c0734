import { resolve, sep } from "node:path";
import { CONFIGURATION } from "../../domain/configuration-fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Target } from "../config.ts";
import type { Draft } from "../targets/draft.ts";

/** Complains of a second target that fraises.yaml would come from, and of releases of others among fraisier's own. */
export function checkConfiguration(targets: readonly Target[], { problems, stateDirectory }: Draft): void {
  const [first, ...others] = targets.filter(({ type }) => type === CONFIGURATION);
  if (first === undefined) return;
  for (const { fraise, environment } of others) {
    problems.atKey(
      ["fraises", fraise, "environments", environment],
      `${fraise}/${environment} is a second target of type: ${CONFIGURATION}: fraises.yaml comes from one place, and that is ${targetName(first)}`,
    );
  }
  const own = resolve(stateDirectory, "configuration");
  for (const { type, fraise, environment, settings } of targets) {
    if (type === CONFIGURATION || !isWithin(resolve(settings.app_path), own)) continue;
    problems.of(
      ["fraises", fraise, "environments", environment, "app_path"],
      ` ${settings.app_path} is the folder in which fraisier keeps the fraises.yaml of ${targetName(first)}`,
    );
  }
}

/** Complains of a target from git whose commands would see, in their sandbox, what only fraisier itself may read. */
export function refuseOpenings(targets: readonly Target[], { problems, closed }: Draft): void {
  for (const { fraise, environment, settings } of targets) {
    const { allow, credentials } = settings.sandbox;
    const opened = {
      allow: [...allow.paths.map(({ path }) => path), ...allow.sockets],
      credentials: Object.values(credentials),
    };
    for (const [key, paths] of Object.entries(opened)) {
      const path = paths.find((each) =>
        closed.some((own) => isWithin(resolve(each), own) || isWithin(own, resolve(each))),
      );
      if (path === undefined) continue;
      const own = ["fraises", fraise, "environments", environment, key];
      problems.of(
        problems.has(own) ? own : ["fraises", fraise, key],
        `: ${path} would open what is fraisier's own: a file from git may not`,
      );
    }
  }
}

/** Whether a path is this folder, or lies in it. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}
