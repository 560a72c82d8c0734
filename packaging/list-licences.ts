import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rolldown";
import { bundledFolders } from "./bundled-folders.ts";

/** Writes LICENCES.txt beside the bundle: whose packages are in it, and the text of each one's licence. */
export function listLicences(): Plugin {
  return {
    name: "list-licences",
    generateBundle(_, bundle) {
      const texts = bundledFolders(bundle)
        .map((folder) => licenceOf(folder))
        .toSorted();
      this.emitFile({ type: "asset", fileName: "LICENCES.txt", source: texts.join(`\n${"-".repeat(78)}\n\n`) });
    },
  };
}

function licenceOf(folder: string): string {
  const file = join(folder, "package.json");
  if (!existsSync(file)) throw new Error(`${folder} is bundled and has no package.json`);
  const { name, version, license } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const text = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each));
  const words = text === undefined ? "" : `\n\n${readFileSync(join(folder, text), "utf8").trim()}`;
  return `${String(name)} ${String(version)} (${String(license)})${words}\n`;
}
