import type { Mending, Scene } from "./repair.ts";

/** Removes a path that nothing needs. @param does as people are shown it: `removes the file`. */
export function removal(path: string, does: string, { host }: Pick<Scene, "host">): Mending {
  return {
    does,
    async mend() {
      await host.files.remove(path);
      return `removed ${path}`;
    },
  };
}
