import { defineConfig } from "rolldown";
import { inlineTexts } from "./packaging/inline-texts.ts";
import { snapshotRules } from "./packaging/snapshot-rules.ts";

/** The program once more, in one file: of it Node makes the startup snapshot from which commands and runners start (src/snapshot.ts). */
export default defineConfig({
  input: { snapshot: "src/snapshot.ts" },
  platform: "node",
  plugins: [inlineTexts(), snapshotRules()],
  output: {
    dir: "dist",
    format: "cjs",
    codeSplitting: false,
    comments: { legal: false, annotation: false, jsdoc: false },
    // Names stay: they are what a stack trace shows.
    minify: { compress: true, mangle: false, codegen: true },
  },
});
