import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sampleSeed } from "./crash/sample.ts";
import { neutralEnvironment } from "./helpers/neutral-environment.ts";

const ROOT = join(import.meta.dirname, "..");

/**
 * Builds the program as it is published, once for a run of vitest: scenarios start hundreds of processes, and each would strip the types anew. In watch
 * mode scenarios go on with what was built at the start. Scenarios start it from its snapshot, which takes half of the processor time.
 */
export default function setup(): () => void {
  const repositories = mkdtempSync(join(tmpdir(), "fraisier-repositories-"));
  chmodSync(repositories, 0o755);
  makeEmptyRepositories(repositories);
  process.env["FRAISIER_CRASH_SEED"] = sampleSeed();
  process.env["FRAISIER_TEST_REPOSITORIES"] = repositories;
  // scripts/coverage.ts brings a program that it has built with source maps.
  const program = process.env["FRAISIER_COVERAGE"] === undefined ? buildProgram() : undefined;
  return () => {
    for (const made of [program, repositories]) if (made !== undefined) rmSync(made, { recursive: true, force: true });
  };
}

function buildProgram(): string {
  const folder = mkdtempSync(join(ROOT, "dist-test-"));
  // Some tests run the program as another user.
  chmodSync(folder, 0o755);
  const rolldown = join(ROOT, "node_modules/.bin/rolldown");
  for (const config of ["rolldown.config.ts", "rolldown.snapshot.config.ts"])
    execFileSync(rolldown, ["--config", config, "--dir", folder], { cwd: ROOT, stdio: "pipe" });
  const snapshot = join(folder, "fraisier.snapshot");
  execFileSync(process.execPath, ["--snapshot-blob", snapshot, "--build-snapshot", join(folder, "snapshot.js")], {
    stdio: "pipe",
  });
  process.env["FRAISIER_TEST_SNAPSHOT"] = snapshot;
  process.env["FRAISIER_TEST_PROGRAM"] = join(folder, "main.js");
  return folder;
}

/** The repositories of scenarios begin as copies of these. Git does nothing in the background in them. */
function makeEmptyRepositories(folder: string): void {
  for (const name of ["bare", "work"]) {
    const path = join(folder, name);
    const options = ["--quiet", "--initial-branch=main", "--template=", ...(name === "bare" ? ["--bare"] : [])];
    execFileSync("git", ["init", ...options, path], { env: { ...process.env, ...neutralEnvironment } });
    const gitFolder = name === "bare" ? path : join(path, ".git");
    mkdirSync(join(gitFolder, "hooks"));
    appendFileSync(join(gitFolder, "config"), "[maintenance]\n\tauto = false\n[receive]\n\tautogc = false\n");
  }
}
