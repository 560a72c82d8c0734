import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";

const READ = /readFileSync\(new URL\("(?<name>[\w./-]+)", import\.meta\.url\), "utf8"\)/g;

/** Puts texts that stand beside a module of the dashboard into the bundle: nothing of them has to be copied into a package. */
export function inlineTexts(): Plugin {
  return {
    name: "inline-texts",
    transform: {
      filter: { id: /\/src\/pages\/assets\/.*\.ts$/ },
      handler: (code, id) =>
        code.replaceAll(READ, (_, name: string) => JSON.stringify(readFileSync(join(dirname(id), name), "utf8"))),
    },
  };
}
