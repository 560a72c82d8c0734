import { defineConfig } from "rolldown";
import { inlineTexts } from "./packaging/inline-texts.ts";
import { migrationChecksums } from "./packaging/migration-checksums.ts";
import { snapshotRules } from "./packaging/snapshot-rules.ts";

/** The program once more, in one file: of it Node makes the startup snapshot from which commands and runners start (src/snapshot.ts). */
export default defineConfig({
  input: { snapshot: "src/snapshot.ts" },
  platform: "node",
  plugins: [inlineTexts(), migrationChecksums(), snapshotRules()],
  output: {
    dir: "dist",
    format: "cjs",
    comments: { legal: false, annotation: false, jsdoc: false },
  },
});
