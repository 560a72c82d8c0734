import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Plugin } from "rolldown";
import { bundledFolders } from "./bundled-folders.ts";

/** One component of a bill of materials (CycloneDX 1.6, "components"). */
export interface Material {
  readonly type: "library" | "platform";
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { readonly license: { readonly id: string } }[];
  readonly hashes: readonly { readonly alg: "SHA-512"; readonly content: string }[];
}

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity?: string }>>;
}

/**
 * Writes sbom.cdx.json beside the bundle: a bill of materials in CycloneDX's JSON (https://cyclonedx.org/docs/1.6/json/) with the version, licence and
 * hash of each package that is in the bundle or beside it. The hash is that of the archive from which the lockfile installs the package.
 */
export function listMaterials(): Plugin {
  return {
    name: "list-materials",
    generateBundle(_, bundle) {
      const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lockfile;
      const { name, version } = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, string>;
      const beside = join(process.cwd(), "node_modules/better-sqlite3");
      const components = [...bundledFolders(bundle), beside]
        .map((folder) => materialOf(folder, lock))
        .toSorted((a, b) => a.purl.localeCompare(b.purl));
      const bill = {
        $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bomFormat: "CycloneDX",
        specVersion: "1.6",
        version: 1,
        metadata: { component: { type: "application", name, version, purl: `pkg:npm/${name}@${version}` } },
        components,
      };
      this.emitFile({ type: "asset", fileName: "sbom.cdx.json", source: `${JSON.stringify(bill, null, 2)}\n` });
    },
  };
}

function materialOf(folder: string, lock: Lockfile): Material {
  const {
    name = "",
    version = "",
    license = "",
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const locked = lock.packages[relative(process.cwd(), folder)];
  const [algorithm, hash = ""] = locked?.integrity?.split("-") ?? [];
  if (algorithm !== "sha512" || locked?.version !== version)
    throw new Error(
      `package-lock.json does not know ${name} ${version} with a SHA-512: run npm install, and see test/supply-chain.test.ts`,
    );
  return {
    type: "library",
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    licenses: [{ license: { id: license } }],
    hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }],
  };
}
