import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { describeCommands } from "../../src/cli/completions/described-command.ts";
import { build, entriesOf, fileWithEnd } from "./built.ts";
import type { Entry } from "./built.ts";
import { exposureCommand, exposureIn, MOST_EXPOSED } from "./exposure.ts";

const canAnalyze = spawnSync("systemd-analyze", ["security", "--help"]).status === 0;

describe("the Debian package", () => {
  let built: ReturnType<typeof build>;
  let deb = "";
  let entries: ReadonlyMap<string, Entry> = new Map();
  beforeAll(() => {
    built = build("deb");
    deb = fileWithEnd(built.folder, "_amd64.deb");
    entries = entriesOf(`dpkg-deb --fsys-tarfile '${deb}'`);
  });
  afterAll(() => built.remove());

  it("brings the program with its own Node, units, user, folders and the polkit rule", () => {
    expect([...entries.keys()]).toEqual(
      expect.arrayContaining([
        "usr/bin/fraisier",
        "usr/lib/fraisier/bin/node",
        "usr/lib/fraisier/dist/main.js",
        "usr/lib/systemd/system/fraisier.service",
        "usr/lib/systemd/system/fraisier-deploy@.service",
        "usr/lib/sysusers.d/fraisier.conf",
        "usr/lib/tmpfiles.d/fraisier.conf",
        "usr/share/polkit-1/rules.d/50-fraisier.rules",
        "usr/share/fraisier/post-receive",
        "usr/share/fraisier/root.conf",
        "usr/share/man/man1/fraisier.1.gz",
        "usr/share/bash-completion/completions/fraisier",
        "usr/share/zsh/vendor-completions/_fraisier",
        "usr/share/fish/vendor_completions.d/fraisier.fish",
        "usr/share/doc/fraisier/copyright",
        "usr/share/doc/fraisier/changelog.gz",
        "usr/share/doc/fraisier/fraises.yaml",
        "usr/share/doc/fraisier/docs/configuration.md",
        "usr/share/doc/fraisier/contrib/alerts.yaml",
        "usr/share/doc/fraisier/contrib/grafana-dashboard.json",
      ]),
    );
  });

  it("belongs to root, and only programs can be executed", () => {
    for (const [path, { owner }] of entries) expect(`${path} ${owner}`).toBe(`${path} 0/0`);
    const executable = [...entries].filter(([, { mode }]) => mode.startsWith("-") && mode.includes("x"));
    expect(executable.map(([path]) => path).toSorted()).toEqual([
      "usr/bin/fraisier",
      "usr/lib/fraisier/bin/node",
      "usr/lib/fraisier/dist/main.js",
      "usr/lib/fraisier/make-snapshot",
      "usr/share/fraisier/post-receive",
    ]);
  });

  it("keeps fraises.yaml from strangers, and leaves a changed one alone on upgrades", () => {
    expect(entries.get("etc/fraisier/fraises.yaml")?.mode).toBe("-rw-r-----");
    expect(entries.get("etc/fraisier/")?.mode).toBe("drwxr-x---");
    expect(control("conffiles")).toBe("/etc/fraisier/fraises.yaml\n");
  });

  it("has SQLite's binary for this platform only, and weighs less than 12 MB beside Node", () => {
    const binaries = [...entries.keys()].filter((path) => path.endsWith(".node"));
    expect(binaries).toEqual(["usr/lib/fraisier/node_modules/better-sqlite3/prebuilds/linux-x64.node"]);
    const sizes = [...entries].map(([path, { size }]) => (path === "usr/lib/fraisier/bin/node" ? 0 : size));
    // Uncompressed it is more than compressed.
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(12_000_000);
  });

  describe("its units", () => {
    const UNITS = "usr/lib/systemd/system";
    let root = "";
    const text = (path: string): string => readFileSync(join(root, path), "utf8");
    beforeAll(() => {
      root = join(built.folder, "root");
      execFileSync("dpkg-deb", ["--extract", deb, root]);
    });

    it.skipIf(!canAnalyze)("are as little exposed as systemd-analyze security is asked to find", () => {
      for (const [unit, most] of Object.entries(MOST_EXPOSED)) {
        const [program = "", ...argv] = exposureCommand(join(root, UNITS, unit), { offline: true });
        expect(exposureIn(execFileSync(program, argv, { encoding: "utf8" })), unit).toBeLessThanOrEqual(most);
      }
    });

    it("leave bubblewrap a whole /proc and its namespaces in deployments", () => {
      const deploy = text(`${UNITS}/fraisier-deploy@.service`);
      expect(deploy).not.toMatch(/^(ProtectKernelTunables|ProtectKernelLogs|ProcSubset)=/m);
      const namespaces = /^RestrictNamespaces=(.*)$/m.exec(deploy)?.[1]?.split(" ") ?? [];
      expect(namespaces).toEqual(expect.arrayContaining(["user", "mnt", "pid", "ipc", "net"]));
    });

    it("keep the state folder from other users", () => {
      for (const unit of Object.keys(MOST_EXPOSED))
        expect(text(`${UNITS}/${unit}`)).toMatch(/^StateDirectoryMode=0750$/m);
      expect(text("usr/lib/tmpfiles.d/fraisier.conf")).toMatch(/^d \/var\/lib\/fraisier 0750 /m);
    });
  });

  it("has a manual page that names every command and that man reads without a warning", () => {
    const page = `dpkg-deb --fsys-tarfile '${deb}' | tar -xO ./usr/share/man/man1/fraisier.1.gz | gzip -d`;
    const text = execFileSync("/bin/sh", ["-c", page], { encoding: "utf8" });
    for (const { names } of describeCommands(COMMANDS).commands) {
      for (const name of names) expect(text).toContain(String.raw`\fB${name.replaceAll("-", String.raw`\-`)}\fR`);
    }
    const warnings = execFileSync("/bin/sh", ["-c", `${page} | groff -man -Tutf8 -ww -z 2>&1`], { encoding: "utf8" });
    expect(warnings).toBe("");
  });

  it("refuses to replace a newer version, and says what to do", () => {
    const run = (...args: readonly string[]): string => {
      try {
        return execFileSync("/bin/sh", ["-s", ...args], { input: control("preinst"), encoding: "utf8", stdio: "pipe" });
      } catch (error) {
        return (error as { readonly stderr: string }).stderr;
      }
    };
    expect(run("upgrade", "9.0.0", "0.1.0")).toContain("this host has fraisier 9.0.0");
    expect(run("install", "9.0.0")).toContain("still has the data of fraisier 9.0.0");
    expect(run("upgrade", "9.0.0", "0.1.0")).toContain("hint: install fraisier 9.0.0 or newer");
    expect(run("upgrade", "0.0.9", "0.1.0")).toBe("");
    expect(run("install")).toBe("");
  });

  function control(name: string): string {
    return execFileSync("dpkg-deb", ["--info", deb, name], { encoding: "utf8" });
  }
});
