import type { Config } from "../../config/config.ts";

/** The folders whose free space says whether a host can take more deployments: those of releases, and fraisier's own. */
export function watchedFolders({ deployment, targets }: Pick<Config, "deployment" | "targets">): readonly string[] {
  return [...new Set([deployment.state_directory, ...targets.map(({ settings }) => parentOf(settings.app_path))])];
}

/** Many targets lie beside each other, on one file system. */
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
