import type { Plugin } from "rolldown";

const IMPORT =
  /^import (?:(?:\* as )?(?<name>[\w$]+)|\{(?<members>[^}]*)\}|(?<first>[\w$]+), \{(?<rest>[^}]*)\}) from "(?<module>node:[^"]+)";$/gm;

/**
 * Makes the bundle ask for Node's own modules by `process.getBuiltinModule()` and not by `import`. For an import statement Node reads every member of the
 * module, and some of them, such as `WebSocket` of node:http, load a library of a thousand functions. Each command and each runner would pay for that.
 */
export function builtinsByCall(): Plugin {
  return {
    name: "builtins-by-call",
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        // A library asks for a module of Node by its mere name if nothing is left that uses it: that does nothing.
        chunk.code = chunk.code.replaceAll(/^import "node:[^"]+";\n/gm, "").replaceAll(IMPORT, (...found) => {
          const { name, members, first, rest, module = "" } = found.at(-1) as Record<string, string | undefined>;
          const call = `process.getBuiltinModule("${module}")`;
          const taken = (list: string): string => `{${list.replaceAll(" as ", ": ")}}`;
          if (name !== undefined) return `const ${name} = ${call};`;
          if (members !== undefined) return `const ${taken(members)} = ${call};`;
          return `const ${first} = ${call}, ${taken(rest ?? "")} = ${first};`;
        });
        const left = /^(?:import|export) .*"node:[^"]*";$|\{ default: .*getBuiltinModule/m.exec(chunk.code);
        if (left !== null)
          throw new Error(`${chunk.fileName} imports a module of Node in a form that is not known: ${left[0]}`);
      }
    },
  };
}
