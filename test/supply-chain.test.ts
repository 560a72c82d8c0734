import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./helpers/temporary.ts";

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

interface Bill {
  readonly bomFormat: string;
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly hashes: readonly { readonly content: string }[];
  }[];
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lockfile;
const sqlite = lock.packages["node_modules/better-sqlite3"]?.version;

describe("the parts that fraisier is built from", () => {
  it("has a SHA-512 for every package of the lockfile", () => {
    const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
    expect(packages.length).toBeGreaterThan(100);
    expect(
      packages.filter(([, { integrity = "" }]) => !/^sha512-[\w+/]{86}==$/.test(integrity)).map(([path]) => path),
    ).toEqual([]);
  });

  it("stands with its reason in docs/dependencies.md", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
      string,
      object
    >;
    const page = readFileSync("docs/dependencies.md", "utf8");
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const named = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    const used = Object.keys({ ...dependencies, ...devDependencies });
    expect(new Set(named)).toEqual(new Set(used));
    expect(rows.filter((row) => (row.split("|")[2]?.trim().length ?? 0) < 20)).toEqual([]);
  });

  it("is listed with name, version, licence and hash beside the program", () => {
    const dist = temporaryFolder();
    const file = join(dist, "sbom.cdx.json");
    execFileSync("node_modules/.bin/rolldown", [
      "--config",
      "rolldown.config.ts",
      "--logLevel",
      "silent",
      "--dir",
      dist,
    ]);
    execFileSync("node", ["packaging/add-node-to-materials.ts", file, "24.0.0", "0".repeat(128)]);
    const { bomFormat, components } = JSON.parse(readFileSync(file, "utf8")) as Bill;
    const bundled = [...readFileSync(join(dist, "LICENCES.txt"), "utf8").matchAll(/^(\S+) (\d\S*) \([^)]+\)$/gm)];
    expect(bomFormat).toBe("CycloneDX");
    expect(components.map(({ name, version }) => `${name} ${version}`).toSorted()).toEqual(
      [
        ...bundled.map(([, name, version]) => `${name} ${version}`),
        `better-sqlite3 ${sqlite}`,
        "node 24.0.0",
      ].toSorted(),
    );
    for (const { hashes } of components) expect(hashes[0]?.content).toMatch(/^[\da-f]{128}$/);
  });

  it("refuses a Node whose archive has another hash, and leaves nothing of it", () => {
    const root = temporaryFolder();
    const bin = join(root, "bin");
    mkdirSync(join(root, "scripts"));
    mkdirSync(bin);
    cpSync("scripts/use-node.sh", join(root, "scripts/use-node.sh"));
    // The far side of the internet: it hands over an archive with the right name and other bytes.
    writeFileSync(
      join(bin, "npm"),
      '#!/bin/sh\nwhile [ "$1" != --pack-destination ]; do shift; done\necho other > "$2/$(echo "$3" | sed s/@/-/).tgz"\n',
      { mode: 0o755 },
    );
    writeFileSync(join(bin, "node"), '#!/bin/sh\n[ "$1" != --version ] || echo v20.0.0\n[ "$1" = --version ]\n', {
      mode: 0o755,
    });
    const run = (): string =>
      execFileSync("bash", ["-c", ". scripts/use-node.sh; echo went on"], {
        cwd: root,
        env: { PATH: `${bin}:/usr/bin:/bin` },
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(run).toThrow(
      /could not bring Node .* If its SHA-512 is not the one in scripts\/use-node\.sh, do not use it/,
    );
    expect(existsSync(join(root, ".node/node_modules"))).toBe(true);
    expect(execFileSync("find", [join(root, ".node"), "-type", "f"], { encoding: "utf8" })).toBe("");
  });
});
