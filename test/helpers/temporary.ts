import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { removeFolder } from "./remove-folder.ts";

/** A folder of this test's own; kept when the test fails, so that one can look. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-test-"));
  onTestFinished(({ task }) => {
    if (task.result?.state === "fail") console.log(`kept: ${folder}`);
    else removeFolder(folder);
  });
  return folder;
}
