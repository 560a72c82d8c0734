import { join } from "node:path";
import type { Files } from "../../host/files.ts";

/**
 * The first part of `path` (relative to `folder`) that is a symbolic link; undefined where there is none. A link of the repository may lead anywhere, and work
 * below it would be done there.
 */
export async function linkOnTheWay(files: Files, folder: string, path: string): Promise<string | undefined> {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  for (const index of parts.keys()) {
    const way = parts.slice(0, index + 1).join("/");
    if ((await files.readLink(join(folder, way))) !== undefined) return way;
  }
  return undefined;
}
