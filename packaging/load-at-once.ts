import type { Plugin } from "rolldown";

/** Where the chunks that are in memory stand, by the name under which other chunks import them. */
const LOADED = "globalThis.fraisierLoaded";

/**
 * Makes the chunk of one module load, when it is loaded itself, every chunk that it could ask for later. An upgrade removes the chunks of the version
 * before while its runners go on: what a runner needs must be in its memory before it begins. Node looks for the file of each `import()`, also of one that
 * is in memory, so that these are answered from a list.
 * @param atBeginning a module that a runner asks for before it does anything, if it needs it at all.
 */
export function loadAtOnce(module: string, atBeginning: string): Plugin {
  return {
    name: "load-at-once",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
      const chunkOf = (name: string) => {
        const found = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(`/${name}`)));
        if (found === undefined) throw new Error(`no chunk of the bundle has ${name}`);
        return found;
      };
      const start = chunkOf(module);
      const apart = chunkOf(atBeginning).fileName;
      const reachable = new Set([start]);
      const later = new Set<string>();
      for (const chunk of reachable) {
        const dynamicImports = chunk.dynamicImports.filter((name) => name !== apart);
        for (const name of dynamicImports) later.add(name);
        for (const name of [...chunk.imports, ...dynamicImports]) {
          const next = chunks.find(({ fileName }) => fileName === name);
          if (next !== undefined) reachable.add(next);
        }
      }
      for (const chunk of reachable) {
        chunk.code = chunk.code.replaceAll(
          /\bimport\("(\.\/[^"]+)"\)/g,
          (call, name: string) => `(${LOADED}?.["${name}"] ?? ${call})`,
        );
      }
      const names = [...later].toSorted();
      const imports = names.map((name, index) => `import * as loaded${index} from "./${name}";`);
      const list = names.map((name, index) => `"./${name}": Promise.resolve(loaded${index})`);
      start.code = `${imports.join("\n")}\n${LOADED} = { ${list.join(", ")} };\n${start.code}`;
    },
  };
}
