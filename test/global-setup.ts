import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sampleSeed } from "./crash/sample.ts";

const ROOT = join(import.meta.dirname, "..");

/**
 * Builds the program as it is published, once for a run of vitest: scenarios start hundreds of processes, and each would strip the types anew. In watch
 * mode scenarios go on with what was built at the start.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(ROOT, "dist-test-"));
  // Some tests run the program as another user.
  chmodSync(folder, 0o755);
  const rolldown = join(ROOT, "node_modules/.bin/rolldown");
  execFileSync(rolldown, ["--config", "rolldown.config.ts", "--dir", folder], { cwd: ROOT, stdio: "pipe" });
  process.env["FRAISIER_CRASH_SEED"] = sampleSeed();
  process.env["FRAISIER_TEST_PROGRAM"] = join(folder, "main.js");
  return () => rmSync(folder, { recursive: true, force: true });
}
