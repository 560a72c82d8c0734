import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, entriesOf, fileWithEnd } from "./built.ts";
import type { Entry } from "./built.ts";

const SQLITE = "node_modules/better-sqlite3";

describe("the npm package", () => {
  let built: ReturnType<typeof build>;
  let archive = "";
  let entries: ReadonlyMap<string, Entry> = new Map();
  beforeAll(() => {
    built = build("npm");
    archive = fileWithEnd(built.folder, ".tgz");
    entries = new Map([...entriesOf(`gzip -dc '${archive}'`)].map(([path, entry]) => [path.slice(8), entry]));
  });
  afterAll(() => built.remove());

  it("brings documentation, units, the hook, the reference, completions and the manual page", () => {
    expect([...entries.keys()]).toEqual(
      expect.arrayContaining([
        "dist/main.js",
        "docs/configuration.md",
        "CHANGELOG.md",
        "README.md",
        "LICENSE",
        "fraises.yaml",
        "packaging/fraises.yaml",
        "systemd/fraisier.service",
        "systemd/fraisier-deploy@.service",
        "systemd/root.conf",
        "scripts/post-receive",
        "share/man/man1/fraisier.1",
        "share/bash-completion/completions/fraisier",
        "share/zsh/site-functions/_fraisier",
        "share/fish/vendor_completions.d/fraisier.fish",
      ]),
    );
    expect(entries.get("dist/main.js")?.mode).toBe("-rwxr-xr-x");
  });

  it("brings its pages without their pictures", () => {
    expect(read("docs/tutorial.md")).toContain("## 4. Roll back by hand");
    expect([...entries.keys()].filter((path) => path.endsWith(".png") && !path.startsWith("node_modules/"))).toEqual(
      [],
    );
    for (const page of ["README.md", "docs/tutorial.md"]) expect(read(page)).not.toContain("images/");
  });

  it("needs better-sqlite3 alone, brings it without what compiles it, and has at most 4 MB of its own", () => {
    const manifest = JSON.parse(read("package.json")) as Readonly<Record<string, object>>;
    expect(Object.keys(manifest["dependencies"] ?? {})).toEqual(["better-sqlite3"]);
    expect(manifest["devDependencies"]).toBeUndefined();
    const foreign = [...entries.keys()].filter((path) => path.startsWith("node_modules/"));
    expect(foreign.filter((path) => !path.startsWith(`${SQLITE}/`) || path.endsWith(".gyp"))).toEqual([]);
    const own = [...entries].filter(([path]) => !path.startsWith("node_modules/"));
    expect(own.reduce((sum, [, { size }]) => sum + size, 0)).toBeLessThan(4_000_000);
  });

  it("has no dead link between its pages", () => {
    const dead = [...entries.keys()]
      .filter((path) => path.endsWith(".md") && !path.startsWith("node_modules/"))
      .flatMap((page) =>
        [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
          if (/^(?:[a-z]+:|#)/.test(link)) return [];
          const target = normalize(join(dirname(page), link.replace(/#.*/, "")));
          const isThere = [...entries.keys()].some((path) => path === target || path.startsWith(join(target, "/")));
          return isThere ? [] : [`${page}: ${link}`];
        }),
      );
    expect(dead).toEqual([]);
  });

  it("has the same bytes if it is built again", () => {
    const again = build("npm");
    expect(readFileSync(fileWithEnd(again.folder, ".tgz")).equals(readFileSync(archive))).toBe(true);
    again.remove();
  });

  it("installs without a network, a compiler or Python, and opens its store", () => {
    const bin = join(built.folder, "bin");
    mkdirSync(bin);
    const npm = execFileSync("/bin/sh", ["-c", 'readlink -f "$(command -v npm)"'], { encoding: "utf8" }).trim();
    for (const program of ["sh", "env", "uname"]) symlinkSync(`/usr/bin/${program}`, join(bin, program));
    symlinkSync(process.execPath, join(bin, "node"));
    const run = (...argv: readonly string[]): string =>
      execFileSync(argv[0] ?? "", argv.slice(1), {
        cwd: built.folder,
        encoding: "utf8",
        stdio: "pipe",
        env: { PATH: bin, HOME: built.folder, npm_config_cache: join(built.folder, "cache") },
      });
    run("node", npm, "install", "--global", "--offline", "--prefix", join(built.folder, "prefix"), archive);
    const fraisier = join(built.folder, "prefix/bin/fraisier");
    const { version } = JSON.parse(read("package.json")) as { readonly version: string };
    expect(run(fraisier, "version")).toBe(`fraisier ${version} on Node ${process.version}\n`);
    const config = join(built.folder, "fraises.yaml");
    writeFileSync(config, `fraises: {}\nstore: { url: "sqlite:${join(built.folder, "fraisier.db")}" }\n`);
    expect(JSON.parse(run(fraisier, "status", "--json", "--config", config))).toBeTruthy();
    expect(readFileSync(join(built.folder, "fraisier.db"), "latin1")).toMatch(/^SQLite format 3/);
  });

  function read(path: string): string {
    return execFileSync("tar", ["-xzOf", archive, `package/${path}`], { encoding: "utf8", maxBuffer: 2 ** 26 });
  }
});
