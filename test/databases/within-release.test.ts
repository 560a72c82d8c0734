import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import type { DatabaseSettings } from "../../src/config/keys/database-settings.ts";
import { migrationTools } from "../../src/databases/index.ts";
import type { Migrations, ToolContext } from "../../src/databases/migration-tool.ts";
import { withinRelease } from "../../src/databases/within-release.ts";
import { localHost } from "../../src/host/local-host.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** The tool's migrations in a release; `says` is what its program prints. */
function migrationsOf(tool: string, folder: string, says: string): Migrations {
  writeFileSync(join(folder, "says"), says);
  const settings: DatabaseSettings = {
    ...({ tool, command: ["/bin/sh", "-c", `cat ${join(folder, "says")}`] } as unknown as DatabaseSettings),
  };
  const context: ToolContext = {
    settings,
    url: { reveal: () => `sqlite:${join(folder, "test.db")}` },
    folder,
    host: localHost(),
    commands: localHost().processes,
    env: { PATH: process.env["PATH"] ?? "" },
    user: undefined,
    signal: new AbortController().signal,
    timeoutMs: 30_000,
    deployment: "",
    log: () => {},
  };
  const found = migrationTools.find(({ name }) => name === tool);
  if (found === undefined) throw new Error(`no tool ${tool}`);
  return found.open(withinRelease(context));
}

const TOOLS: readonly (readonly [tool: string, file: string, says: (path: string) => string])[] = [
  ["sql", "migrations/0001_a.sql", () => ""],
  ["prisma", "prisma/migrations/0001_a/migration.sql", () => ""],
  ["confiture", "db/migrations/0001_a.up.sql", () => ""],
  [
    "knex",
    "migrations/0001_a.js",
    () => "No Completed Migration files Found.\nFound 1 Pending Migration file/files.\n0001_a.js\n",
  ],
  ["alembic", "versions/0001_a.py", (path) => `Rev: abc (head)\nParent: <base>\nPath: ${path}\n`],
  ["flask_migrate", "versions/0001_a.py", (path) => `Rev: abc (head)\nParent: <base>\nPath: ${path}\n`],
  ["django", "shop/migrations/0001_a.py", (path) => `migration\tpending\tshop.0001_a\t${path}\tTrue\t0001_a\n`],
];

it.each(TOOLS)(
  "%s does not read a migration that is a link out of the release, nor one behind such a folder",
  async (tool, file, says) => {
    const folder = temporaryFolder();
    const release = join(folder, "releases/1m7zkkw128rfz");
    const path = join(release, file);
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "secret"), "of the host");
    symlinkSync(join(elsewhere, "secret"), path);
    await expect(migrationsOf(tool, release, says(path)).list()).rejects.toThrow("is a link out of the release");

    execFileSync("rm", ["-r", dirname(path)]);
    symlinkSync(elsewhere, dirname(path));
    writeFileSync(join(elsewhere, file.replace(/^.*\//, "")), "select 1;");
    await expect(migrationsOf(tool, release, says(path)).list()).rejects.toThrow("is a link out of the release");

    execFileSync("rm", [dirname(path)]);
    mkdirSync(dirname(path));
    writeFileSync(path, "select 1;");
    expect(await migrationsOf(tool, release, says(path)).list()).toMatchObject([{ sha256: expect.any(String) }]);
  },
);

it("a file that is swapped for a link while it is read gives no text of elsewhere, and a pipe is not waited for", async () => {
  const folder = temporaryFolder();
  const { files } = localHost();
  const release = join(folder, "release");
  mkdirSync(release);
  writeFileSync(join(folder, "secret"), "of the host");
  writeFileSync(join(release, "file"), "text");
  symlinkSync("file", join(release, "inside"));
  expect(await files.readInside(join(release, "inside"), [release])).toBe("text");
  expect(await files.readInside(join(release, "absent"), [release])).toBeUndefined();
  execFileSync("/bin/sh", ["-c", "mkfifo pipe"], { cwd: release });
  await expect(files.readInside(join(release, "pipe"), [release])).rejects.toThrow("is not a file");
  const swap = `import os
for n in range(2000):
    os.symlink("../secret", "x"); os.rename("x", "file"); open("x", "w").write("text"); os.rename("x", "file")`;
  const swapper = spawn("python3", ["-c", swap], { cwd: release, stdio: "inherit" });
  const ended = new Promise((resolve) => swapper.once("exit", resolve));
  const texts = new Set<string | undefined>();
  while (swapper.exitCode === null) {
    texts.add(
      await files
        .readInside(join(release, "file"), [release])
        .catch((error: Error) => error.message.replace(/^.* is/, "is")),
    );
  }
  await ended;
  expect([...texts]).not.toContain("of the host");
  expect([...texts].some((text) => text?.startsWith("is a link out of the release"))).toBe(true);
});
