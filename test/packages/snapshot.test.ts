import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { checksum } from "../../src/store/migrations/history.ts";
import { postgresMigrations } from "../../src/store/migrations/postgres-migrations.ts";
import { sqliteMigrations } from "../../src/store/migrations/sqlite-migrations.ts";
import { PROGRAM } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("the startup snapshot of an installed program", () => {
  it("is made where the program runs, and the command starts from it only if it fits this host", () => {
    const program = layOut();
    execFileSync(join(program, "make-snapshot"), { env: { SECRET_OF_THE_SHELL: "pa55word" } });
    expect(readFileSync(join(program, "snapshot/blob")).includes("pa55word")).toBe(false);
    expect(fraisier(program, ["version"])).toMatch(/^fraisier \S+ on Node v/);

    // Says how it is called, instead of being Node.
    rmSync(join(program, "bin/node"));
    writeFileSync(join(program, "bin/node"), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
    const plain = `${program}/dist/main.js list a b\n`;
    expect(fraisier(program, ["list", "a b"])).toBe(`--snapshot-blob ${program}/snapshot/blob ${plain}`);
    expect(fraisier(program, ["list", "a b"], { NODE_OPTIONS: "--stack-size=2000" })).toBe(plain);
    writeFileSync(join(program, "snapshot/processor"), "cpu:type:x86,ven0001\n");
    expect(fraisier(program, ["list", "a b"])).toBe(plain);
    rmSync(join(program, "snapshot"), { recursive: true });
    expect(fraisier(program, ["list", "a b"])).toBe(plain);
  });

  it("has the checksums of the store's migrations: no process computes them", () => {
    const files = ["snapshot.js", "snapshot-rest.cjs"].map((name) => join(dirname(PROGRAM), name));
    const text = files.map((file) => readFileSync(file, "utf8")).join("");
    const known = [...sqliteMigrations, ...postgresMigrations].map((each) => checksum(each));
    expect(known.filter((each) => !text.includes(each))).toEqual([]);
  });

  it("is left out if Node cannot make it, and nothing half made stays", () => {
    const program = layOut();
    writeFileSync(join(program, "dist/snapshot.js"), "throw new Error('no');\n");
    expect(() => execFileSync(join(program, "make-snapshot"), { stdio: "pipe" })).toThrow("Error: no");
    expect(readdirSync(program).filter((name) => name.startsWith("snapshot"))).toEqual([]);
    expect(fraisier(program, ["version"])).toMatch(/^fraisier /);
  });
});

/** A folder as packages lay it out, with the program of this run of tests. */
function layOut(): string {
  const program = temporaryFolder();
  mkdirSync(join(program, "bin"));
  symlinkSync(process.execPath, join(program, "bin/node"));
  cpSync(dirname(PROGRAM), join(program, "dist"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(program, "node_modules"));
  cpSync(join(ROOT, "package.json"), join(program, "package.json"));
  cpSync(join(ROOT, "packaging/make-snapshot"), join(program, "make-snapshot"));
  const command = readFileSync(join(ROOT, "packaging/fraisier"), "utf8").replaceAll("@PROGRAM@", program);
  writeFileSync(join(program, "fraisier"), command, { mode: 0o755 });
  return program;
}

function fraisier(program: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  return execFileSync(join(program, "fraisier"), words, { encoding: "utf8", env: { PATH: "/usr/bin:/bin", ...env } });
}
