import { isAbsolute, normalize } from "node:path";
import type { Target } from "../config.ts";
import type { fields } from "./fields.ts";
import type { Problems } from "../file/problems.ts";

/** `environment_file:` of an environment: where its variables are written for the service, before it restarts. */
export function environmentFile({ text }: ReturnType<typeof fields>) {
  return {
    environment_file: text
      .optional()
      .describe(
        "The target's variables are written to this file (mode 0600, owned by `user`) before the service restarts: name it as `EnvironmentFile=` of the unit",
      ),
  };
}

/** An absolute path each, and no two environments in one file: the later one would take the other's variables away. */
export function checkEnvironmentFiles(targets: readonly Target[], problems: Problems): void {
  const owners = new Map<string, string>();
  for (const { fraise, environment, settings } of targets) {
    if (settings.environment_file === undefined) continue;
    const file = normalize(settings.environment_file);
    const path = ["fraises", fraise, "environments", environment, "environment_file"];
    if (!isAbsolute(file) || file.endsWith("/")) problems.of(path, " must be the absolute path of a file");
    // Jobs of one environment share its variables.
    const own = `${fraise}/${environment}`;
    const other = owners.get(file);
    if (other !== undefined && other !== own)
      problems.at(path, `environment_file ${file} is also that of ${other}: each target needs its own`);
    owners.set(file, own);
  }
}
