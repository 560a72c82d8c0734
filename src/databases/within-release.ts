import { join } from "node:path";
import { StepFailed } from "../domain/errors.ts";
import type { ToolContext } from "./migration-tool.ts";
import { liesWithin } from "../domain/lies-within.ts";

/**
 * The migrations of a tool whose files fraisier itself reads, with more rights than the repository's authors have: a migration that is a link out of the
 * release is refused, whatever the tool. Files that releases share count as theirs, and files that lie elsewhere without a link belong to packages of this
 * machine: they have no text here.
 */
export function withinRelease(context: ToolContext): ToolContext {
  const { folder, host } = context;
  const { files } = host;
  const roots = [folder, join(folder, "../../shared")];
  const isOfRelease = (path: string): boolean => liesWithin(path, folder);
  const refuseLink = async (path: string): Promise<void> => {
    const place = await files.realPath(path);
    if (place === undefined) return;
    for (const root of roots) {
      const real = (await files.realPath(root)) ?? root;
      if (liesWithin(place, real)) return;
    }
    throw new StepFailed(`${path} is a link out of the release: fraisier does not migrate from there`, {
      hint: "Commit the file itself instead of a link.",
    });
  };
  return {
    ...context,
    host: {
      ...host,
      files: {
        ...files,
        readText: async (path) => (isOfRelease(path) ? await files.readInside(path, roots) : undefined),
        async list(path) {
          await refuseLink(path);
          const names = await files.list(path);
          for (const name of names)
            if ((await files.readLink(join(path, name))) !== undefined) await refuseLink(join(path, name));
          return names;
        },
      },
    },
  };
}
