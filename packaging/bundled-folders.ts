import type { OutputBundle } from "rolldown";

/** The folders of the packages of which something is in the bundle. */
export function bundledFolders(bundle: OutputBundle): readonly string[] {
  const modules = Object.values(bundle).flatMap((each) => (each.type === "chunk" ? each.moduleIds : []));
  return [...new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []))];
}
