import type { Plugin } from "rolldown";

/**
 * Makes the chunk of one module load, when it is loaded itself, every chunk that it could ask for later. An upgrade removes the chunks of the version
 * before while its runners go on: what a runner needs must be in its memory before it begins.
 */
export function loadAtOnce(module: string): Plugin {
  return {
    name: "load-at-once",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
      const start = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(`/${module}`)));
      if (start === undefined) throw new Error(`no chunk of the bundle has ${module}`);
      const reachable = new Set<string>();
      const waiting = [...start.imports, ...start.dynamicImports];
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const chunk = chunks.find(({ fileName }) => fileName === name);
        if (chunk === undefined || chunk === start || reachable.has(name)) continue;
        reachable.add(name);
        waiting.push(...chunk.imports, ...chunk.dynamicImports);
      }
      const later = [...reachable].filter((name) => !start.imports.includes(name)).toSorted();
      start.code = `${later.map((name) => `import "./${name}";\n`).join("")}${start.code}`;
    },
  };
}
