import { chmodSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "rolldown";
import { listLicences } from "./packaging/list-licences.ts";
import { listMaterials } from "./packaging/list-materials.ts";
import { builtinsByCall } from "./packaging/builtins-by-call.ts";
import { inlineTexts } from "./packaging/inline-texts.ts";
import { loadAtOnce } from "./packaging/load-at-once.ts";
import { migrationChecksums } from "./packaging/migration-checksums.ts";
import { minifyChunks } from "./packaging/minify-chunks.ts";

/**
 * What is published: few files, each command loading only its own. Node takes three times as long to find and read the some five hundred small modules
 * of our packages one by one, and every command, and every deployment's runner, pays for it.
 */
export default defineConfig({
  input: {
    main: "src/main.ts",
    "inbox-thread": "src/webhooks/inbox-thread.ts",
    "foreign-worker": "src/host/foreign-worker.ts",
    "command-relay": "src/host/command-relay.ts",
  },
  platform: "node",
  // Has a native part, which finds itself by its own place.
  external: ["better-sqlite3"],
  plugins: [
    inlineTexts(),
    migrationChecksums(),
    builtinsByCall(),
    loadAtOnce("src/compose/runner.ts", "src/store/backends/postgres-open.ts"),
    minifyChunks(),
    listLicences(),
    listMaterials(),
    {
      name: "executable",
      writeBundle: ({ dir = "dist" }) => chmodSync(join(dir, "main.js"), 0o755),
    },
  ],
  output: { dir: "dist", format: "esm", cleanDir: true, comments: { legal: true, annotation: false, jsdoc: false } },
});
